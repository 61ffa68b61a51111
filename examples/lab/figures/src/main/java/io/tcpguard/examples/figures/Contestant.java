/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

/** The servers that are measured beside each other. */
enum Contestant {
    STOCK("Tomcat as it comes"),
    GUARDED("Tomcat with tcpguard"),
    /** Whoever finds no slot is refused, instead of waiting in the accept queue. */
    REFUSING_AT_ONCE("Tomcat with tcpguard, `queueWait=0`"),
    /** Refuses by reset only, and evicts nobody, so that each newcomer to a full server is refused. */
    REFUSING_BY_RESET("tcpguard, by reset"),
    /** Refuses by 503 only, and evicts nobody. */
    REFUSING_BY_ANSWER("tcpguard, by 503"),
    /** Refuses everybody by the cheapest means that Tomcat itself has. */
    VALVE("a Valve that answers 503 and `Connection: close`"),
    /** What the kernel alone takes for an answer, whoever gives it. */
    BARE_LOOP("no server, a loop: accept, read, write 503, close"),
    MAX_CONNECTIONS("Tomcat with `maxConnections`"),
    CONCURRENCY_LIMITS("Tomcat with Netflix concurrency-limits' filter"),
    JETTY("Jetty with LowResourceMonitor and NetworkConnectionLimit"),
    /** Its monitor told by hand what the guard learns: how long these users are silent at most. */
    JETTY_FITTED("the same, idle time fitted to these users by hand (5 s instead of 1 s)"),
    NETTY("Netty as it comes"),
    NETTY_GUARDED("Netty with tcpguard"),
    /** The least that a refusal can be: a handler on the server channel that resets each accepted child. */
    NETTY_RESETTING("bare Netty: accept, reset"),
    /** Refuses by reset only, and evicts nobody. */
    NETTY_GUARD_RESETTING("tcpguard, by reset"),
    /** Refuses everybody as an application would do it. */
    NETTY_ANSWERING("bare Netty: codec, 503 and `Connection: close`"),
    /** Refuses by 503 only, and evicts nobody. */
    NETTY_GUARD_ANSWERING("tcpguard, by 503");

    private final String title;

    Contestant(String title) {
        this.title = title;
    }

    boolean netty() {
        return name().startsWith("NETTY");
    }

    /** As it stands in a table. */
    String title() {
        return title;
    }
}
