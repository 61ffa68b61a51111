/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.NoneLeft;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** See {@link NoneLeft}. */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class NoneLeftTest {
    private static final int IDLE = 150;

    @Test
    void idleClientsGiveWayToNewcomersWhenTheLimitFellBelowWhatIsOpen() throws Exception {
        try (Server server = new Server();
                NoneLeft none = new NoneLeft(server, IDLE)) {
            none.limitFalls();
        }
    }

    @Test
    void idleClientsGiveWayToNewcomersWhenOthersTookAll() throws Exception {
        try (Server server = new Server();
                NoneLeft none = new NoneLeft(server, IDLE)) {
            none.othersTakeAll();
        }
    }

    private static final class Server implements NoneLeft.Server, AutoCloseable {
        private final ChildServer child =
                new ChildServer(NoneLeft.DESCRIPTORS, "guarded", "idleFloor=1s", "keep=600000");

        Server() throws IOException {}

        @Override
        public long pid() {
            return child.pid();
        }

        @Override
        public int port() throws Exception {
            return child.port();
        }

        @Override
        public int healthPort() throws Exception {
            return child.healthPort();
        }

        @Override
        public void leak() throws Exception {
            assertThat(asked("/leak")).contains("leaked ").doesNotContain("leaked all");
        }

        @Override
        public void heal() throws Exception {
            assertThat(asked("/heal")).endsWith("healed");
        }

        @Override
        public long evicted() throws Exception {
            String evicted = asked("/evicted");
            return Long.parseLong(evicted.substring(evicted.lastIndexOf(' ') + 1));
        }

        private String asked(String path) throws Exception {
            try (RawClient operator = new RawClient(port())) {
                return operator.get(path);
            }
        }

        @Override
        public void close() throws IOException {
            child.close();
        }
    }
}
