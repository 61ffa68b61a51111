/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.signal.Signal;
import java.util.List;

/** Which settings would have given more room, by the signal that led. */
public final class MoreRoom {

    private MoreRoom() {}

    /** Names of rules, the best first; empty if no setting helps. */
    public static List<String> settings(Signal leading) {
        return switch (leading) {
            case DESCRIPTORS -> List.of("descriptors", "fs.nr_open", "fs.file-max");
            case SYSTEM_FILES -> List.of("fs.file-max");
            case ACCEPT_QUEUE -> List.of("backlog", "net.core.somaxconn");
            case LISTEN_DROPS -> List.of("backlog", "net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog");
            case TIME_WAIT -> List.of("net.ipv4.tcp_max_tw_buckets", "time-wait");
            case ORPHANS -> List.of("net.ipv4.tcp_max_orphans", "net.ipv4.tcp_orphan_retries");
            case TCP_MEMORY -> List.of("net.ipv4.tcp_mem", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");
            case CONNTRACK ->
                List.of(
                        "net.netfilter.nf_conntrack_max",
                        "net.netfilter.nf_conntrack_tcp_timeout_established",
                        "net.netfilter.nf_conntrack_tcp_timeout_time_wait");
            case EPHEMERAL_PORTS -> List.of("net.ipv4.ip_local_port_range", "net.ipv4.tcp_tw_reuse");
            // The JVM's options, the server's own limit, and its threads.
            case MEMORY, CONNECTIONS, WORK_DELAY -> List.of();
        };
    }
}
