/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;

/**
 * One listening socket of the process.
 *
 * @param name for people, such as {@code http-nio-8080}
 * @param port the local port
 * @param anyPort whether the kernel chose it (bind(2) with port 0): nobody needs the same one after a restart
 * @param asked the backlog that the server passed to {@code listen(2)} (Tomcat's acceptCount, Netty's SO_BACKLOG);
 *     empty if not known
 * @param inForce what the kernel made of it, as {@code ss -ltn} shows in Send-Q; empty if not known
 */
public record Listening(String name, int port, boolean anyPort, OptionalLong asked, OptionalLong inForce) {

    /** A listener whose backlog is known from its configuration. */
    public static Listening asking(String name, int port, long backlog) {
        return new Listening(name, port, false, OptionalLong.of(backlog), OptionalLong.empty());
    }

    /** A listener whose backlog was read from the kernel. */
    public static Listening inForce(String name, int port, long backlog) {
        return new Listening(name, port, false, OptionalLong.empty(), OptionalLong.of(backlog));
    }
}
