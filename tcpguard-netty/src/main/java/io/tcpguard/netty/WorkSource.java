package io.tcpguard.netty;

/** Somebody in the pipeline who knows exactly when work begins and ends. */
interface WorkSource {
    /** True once the codec it stands on has left the pipeline: an upgrade. */
    boolean gone();

    /** Whether what comes next is a request that has not told yet what it wants: who sends it byte by byte keeps no place by that. */
    boolean insideHead();

    /** Ends what it still holds open. On the event loop, once. */
    void settle();
}
