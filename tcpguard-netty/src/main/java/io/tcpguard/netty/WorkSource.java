package io.tcpguard.netty;

/** Somebody in the pipeline who knows exactly when work begins and ends. */
interface WorkSource {
    /** True once the codec it stands on has left the pipeline: an upgrade. */
    boolean gone();

    /** Ends what it still holds open. On the event loop, once. */
    void settle();
}
