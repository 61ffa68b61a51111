/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

/**
 * Counters of the kernel's that explain a signal or an incident, of one network namespace, since it was made. Source:
 * {@code TcpExt} of {@code /proc/net/netstat} (names: net/ipv4/proc.c, {@code snmp4_net_list}).
 */
public enum KernelCounter {
    /** Finished handshakes that met a full accept queue. */
    LISTEN_OVERFLOWS("ListenOverflows"),
    /** Connection attempts that were dropped for any reason, those of {@link #LISTEN_OVERFLOWS} included. */
    LISTEN_DROPS("ListenDrops"),
    /** SYNs that were answered by a cookie since the queue of half-open connections was full. */
    SYN_COOKIES("SyncookiesSent"),
    /** SYNs that were dropped since that queue was full and cookies were off. */
    SYN_QUEUE_DROPS("TCPReqQFullDrop"),
    /** Sockets closed without the TIME_WAIT that was due, for the limit or for want of memory. */
    TIME_WAIT_OVERFLOWS("TCPTimeWaitOverflow"),
    /** Connections aborted for want of memory or past the limit of orphans. */
    MEMORY_ABORTS("TCPAbortOnMemory"),
    /** Times that TCP began to save memory. */
    MEMORY_PRESSURES("TCPMemoryPressures"),
    /** SYNs that found that queue full while cookies were on. */
    SYN_QUEUE_COOKIES("TCPReqQFullDoCookies"),
    /** Segments of connections refused for an old time stamp (RFC 7323, 5). */
    PAWS_ESTABLISHED("PAWSEstab"),
    /**
     * Segments refused for a time stamp older than that of the TIME_WAIT socket they met; many come from clients behind
     * one address translation.
     */
    PAWS_TIME_WAIT("PAWSTimewait");

    private final String kernelName;

    KernelCounter(String kernelName) {
        this.kernelName = kernelName;
    }

    /** The column's name. */
    public String kernelName() {
        return kernelName;
    }
}
