/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Optional;

/** A number about the process or the machine that is no kernel setting. Rules refer to it by its key. */
enum Fact {
    KERNEL("kernel", "kernel version"),
    DESCRIPTORS("descriptors", "soft limit of descriptors"),
    DESCRIPTORS_HARD("descriptors-hard", "hard limit of descriptors"),
    DESCRIPTORS_OPEN("descriptors-open", "descriptors open now"),
    CONNECTIONS("connections", "connections that fit below the admission threshold"),
    CLIENTS("clients", "connections that descriptors and memory let in at most"),
    HEAP("heap", "maximum heap in MiB"),
    HEAP_CONNECTIONS("heap-connections", "connections that the maximum heap bears"),
    CONTAINER_MEMORY("container-memory", "memory that the container may have, in MiB"),
    CONTAINER_CONNECTIONS("container-connections", "connections that the container's memory bears beside the heap"),
    ASKED("asked", "largest backlog that a listener asked for"),
    BACKLOG("backlog", "smallest backlog in force"),
    LISTENERS_AMONG_LOCAL_PORTS("listeners-among-local-ports", "listeners on ports that outgoing connections may take"),
    ESTABLISHED("established", "established connections"),
    CLOSE_WAIT("close-wait", "connections in CLOSE_WAIT"),
    FIN_WAIT2("fin-wait2", "connections in FIN_WAIT2"),
    SYN_RECV("syn-recv", "half-open connections"),
    TIME_WAIT("time-wait", "sockets in TIME_WAIT"),
    ORPHANS("orphans", "orphaned sockets on the machine"),
    TCP_PAGES("tcp-pages", "pages of TCP buffers on the machine"),
    TIME_WAIT_OVERFLOWS("time-wait-overflows", "sockets closed without TIME_WAIT since boot"),
    LISTEN_OVERFLOWS("listen-overflows", "handshakes dropped at a full accept queue since boot"),
    LISTEN_DROPS("listen-drops", "connection attempts dropped since boot"),
    SYN_COOKIES("syn-cookies", "SYN cookies sent since boot"),
    MEMORY_ABORTS("memory-aborts", "connections aborted for want of memory since boot"),
    MEMORY_PAGES("memory-pages", "pages of memory of the machine"),
    LOOPBACK_ADDRESSES("loopback-addresses", "addresses on lo beside 127/8: virtual services of a load balancer");

    private final String key;
    private final String words;

    Fact(String key, String words) {
        this.key = key;
        this.words = words;
    }

    String key() {
        return key;
    }

    String words() {
        return words;
    }

    static Optional<Fact> named(String key) {
        for (Fact fact : values()) {
            if (fact.key.equals(key)) {
                return Optional.of(fact);
            }
        }
        return Optional.empty();
    }
}
