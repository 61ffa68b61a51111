package io.tcpguard.netty;

/** Somebody in the pipeline who knows exactly when work begins and ends. */
interface WorkSource {
    /** True once the codec it stands on has left the pipeline: an upgrade. */
    boolean gone();

    /** All that was read in one go has been handed out. */
    default void readComplete() {}

    /** Ends what it still holds open. On the event loop, once. */
    void settle();
}
