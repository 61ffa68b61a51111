/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.testkit.NoneLeft;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** See {@link NoneLeft}. */
@Timeout(120)
class NoneLeftTest {
    private static final int IDLE = 200;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void idleClientsGiveWayToNewcomersWhenTheLimitFellBelowWhatIsOpen(Transport transport) throws Exception {
        try (ChildServer server = server(transport);
                NoneLeft none = new NoneLeft(seen(server), IDLE)) {
            none.limitFalls();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void idleClientsGiveWayToNewcomersWhenOthersTookAll(Transport transport) throws Exception {
        try (ChildServer server = server(transport);
                NoneLeft none = new NoneLeft(seen(server), IDLE)) {
            none.othersTakeAll();
        }
    }

    private static ChildServer server(Transport transport) throws IOException {
        return new ChildServer(
                NoneLeft.DESCRIPTORS,
                NettyLine.V4_1.classPath(),
                transport.name(),
                Speech.HTTP1.name(),
                "on",
                "idleFloor=1s");
    }

    private static NoneLeft.Server seen(ChildServer server) {
        return new NoneLeft.Server() {
            @Override
            public long pid() {
                return server.pid();
            }

            @Override
            public int port() {
                return server.port;
            }

            @Override
            public int healthPort() {
                return server.healthPort;
            }

            @Override
            public void leak() throws IOException {
                server.tell("leak");
            }

            @Override
            public void heal() throws IOException {
                server.tell("heal");
            }

            @Override
            public long evicted() throws IOException {
                return server.numbers().evicted();
            }
        };
    }
}
