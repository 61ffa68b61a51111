package io.tcpguard.internal.report.incident;

/** What the kernel counts that matters when a server was in trouble. Source: {@code TcpExt} of {@code /proc/net/netstat}. */
public enum KernelCounter {
    /** Finished handshakes that met a full accept queue. */
    LISTEN_OVERFLOWS("ListenOverflows", "handshakes met a full accept queue"),
    /** Connection attempts that were dropped for any reason, those of {@link #LISTEN_OVERFLOWS} included. */
    LISTEN_DROPS("ListenDrops", "connection attempts were dropped"),
    /** SYNs that were answered by a cookie since the queue of half-open connections was full. */
    SYN_COOKIES("SyncookiesSent", "SYN cookies were sent"),
    /** SYNs that were dropped since that queue was full and cookies were off. */
    SYN_QUEUE_DROPS("TCPReqQFullDrop", "SYNs were dropped at a full queue of half-open connections"),
    /** Sockets closed without the TIME_WAIT that was due. */
    TIME_WAIT_OVERFLOWS("TCPTimeWaitOverflow", "sockets were closed without TIME_WAIT"),
    /** Connections aborted for want of memory or past the limit of orphans. */
    MEMORY_ABORTS("TCPAbortOnMemory", "connections were aborted for want of memory or past the limit of orphans");

    private final String kernelName;
    private final String words;

    KernelCounter(String kernelName, String words) {
        this.kernelName = kernelName;
        this.words = words;
    }

    String kernelName() {
        return kernelName;
    }

    String words() {
        return words;
    }
}
