/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;

/**
 * One listening socket of the process.
 *
 * @param name for people, such as {@code http-nio-8080}
 * @param port the local port
 * @param asked the backlog that the server passed to {@code listen(2)} (Tomcat's acceptCount, Netty's SO_BACKLOG);
 *     empty if not known
 * @param inForce what the kernel made of it, as {@code ss -ltn} shows in Send-Q; empty if not known
 */
public record Listening(String name, int port, OptionalLong asked, OptionalLong inForce) {

    /** A listener whose backlog is known from its configuration. */
    public static Listening asking(String name, int port, long backlog) {
        return new Listening(name, port, OptionalLong.of(backlog), OptionalLong.empty());
    }

    /** A listener whose backlog was read from the kernel. */
    public static Listening inForce(String name, int port, long backlog) {
        return new Listening(name, port, OptionalLong.empty(), OptionalLong.of(backlog));
    }
}
