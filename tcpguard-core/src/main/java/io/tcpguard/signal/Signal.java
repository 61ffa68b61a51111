/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.signal;

/**
 * A resource whose exhaustion stops a TCP server, with the unit of its readings.
 *
 * <p>What each signal may cause is the engine's business; here stands only what it is. The set is closed on purpose:
 * every action in tcpguard is a total table over it.
 */
public enum Signal {
    /**
     * File descriptors open in this process, against the soft {@code RLIMIT_NOFILE} in force ({@code getrlimit(2)}).
     * Source: the size of {@code /proc/self/fd}, which is its count since Linux 6.2 (fs/proc/fd.c, {@code
     * proc_fd_getattr}).
     */
    DESCRIPTORS(Scope.PROCESS, "descriptors"),

    /**
     * Memory that connections take and no collection gives back, against the point from which on new connections must
     * not take more. Heap after collection: nine tenths of its maximum, or 16 MiB less than that maximum (Serial and
     * Parallel: 85 % of the old generation). Direct buffers: 95 % of {@code MaxDirectMemorySize}. What the kernel could
     * not take back of the container's memory: 97 % of its limit; of both, 16 MiB are left. Not known where there is no
     * limit, before the first collection, and where it is high and has not grown for a minute. Source: the JVM's memory
     * pools and buffer pools; {@code memory.max}, {@code memory.current} and {@code memory.stat} of the cgroup (version
     * 1: {@code memory.limit_in_bytes}, {@code memory.usage_in_bytes}).
     */
    MEMORY(Scope.PROCESS, "KiB"),

    /**
     * Connections held, against as many as may be: of a listener by its server's own setting, of the process by what
     * memory bears or the operator allows. Source: the guard's own count.
     */
    CONNECTIONS(Scope.LISTENER, "connections"),

    /** File structures allocated on the machine, against {@code fs.file-max}. Source: {@code /proc/sys/fs/file-nr}. */
    SYSTEM_FILES(Scope.HOST, "files"),

    /**
     * Connections that are established and wait for {@code accept(2)}, against the listener's effective backlog. Full
     * means one <em>more</em> than the limit (net/core/sock.h, {@code sk_acceptq_is_full}). Source: {@code TCP_INFO}
     * of the listening socket ({@code tcpi_unacked}, {@code tcpi_sacked}; net/ipv4/tcp.c, {@code tcp_get_info}).
     */
    ACCEPT_QUEUE(Scope.LISTENER, "connections"),

    /**
     * Connection attempts that the kernel dropped or answered by a SYN cookie in the last second, against the number at
     * which clients notice. Source: {@code TcpExt} of {@code /proc/net/netstat}.
     */
    LISTEN_DROPS(Scope.NETWORK_NAMESPACE, "drops per second"),

    /**
     * Sockets in TIME_WAIT (RFC 9293, 3.3.2), against {@code net.ipv4.tcp_max_tw_buckets}. Orphaned FIN_WAIT2 sockets
     * count too. They hold no descriptor. Source: {@code tw} of {@code /proc/net/sockstat}.
     */
    TIME_WAIT(Scope.NETWORK_NAMESPACE, "sockets"),

    /** TCP sockets that no process holds any more, against {@code net.ipv4.tcp_max_orphans}. */
    ORPHANS(Scope.HOST, "sockets"),

    /** Pages that TCP buffers take, against the third value of {@code net.ipv4.tcp_mem}. */
    TCP_MEMORY(Scope.HOST, "pages"),

    /** Tracked connections, against {@code net.netfilter.nf_conntrack_max}. */
    CONNTRACK(Scope.NETWORK_NAMESPACE, "connections"),

    /**
     * Local ports in use for outgoing connections, against {@code net.ipv4.ip_local_port_range}; an upper bound, and
     * all of them for ten seconds after the application reported a connect that found none ({@code
     * TcpGuard.connectFailed}).
     */
    EPHEMERAL_PORTS(Scope.NETWORK_NAMESPACE, "ports"),

    /**
     * Age of the work that waits longest for a thread, against the age at which it is too old to matter. Descriptors do
     * not see an overloaded CPU or a stuck back end; this does. Source: a probe task through the server's own executor.
     */
    WORK_DELAY(Scope.PROCESS, "milliseconds");

    private final Scope scope;
    private final String unit;

    Signal(Scope scope, String unit) {
        this.scope = scope;
        this.unit = unit;
    }

    /** Whose resource this is. */
    public Scope scope() {
        return scope;
    }

    /** The unit of {@link Reading.Measured#used()} and {@link Reading.Measured#limit()}, in words. */
    public String unit() {
        return unit;
    }
}
