/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.LogHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class OwnPortTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard.TcpGuard");

    /** The guard binds first, so the server's error blames another process. */
    @Test
    void aListenerThatIsToHaveThePortOfTheHealthListenerIsToldWhoHasIt() {
        List<String> lines = new CopyOnWriteArrayList<>();
        LogHandler handler = new LogHandler(record -> lines.add(record.getMessage()));
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            LOG.addHandler(handler);
            guard.listen("other", guard.healthPort() - 1, () -> true).close();
            assertThat(lines).noneMatch(line -> line.contains("has that port at"));
            guard.listen("web", guard.healthPort(), () -> true).close();
            assertThat(lines)
                    .anyMatch(line -> line.contains("web") && line.contains("healthPort=" + guard.healthPort()));
        } finally {
            LOG.removeHandler(handler);
        }
    }
}
