/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.testkit.Await;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two application contexts in one process: the descriptors are one limit for both. */
class SeveralGuardsTest {

    @Test
    void clientsOfOneGuardAreNoLeakToAnother() {
        TcpGuard other = TcpGuard.builder().build().start();
        try (TcpGuard one = TcpGuard.builder().build().start()) {
            GuardedListener own = one.listen("one", 1, () -> true);
            GuardedListener others = other.listen("other", 2, () -> true);
            List<ConnectionHandle> open = new ArrayList<>();
            open.add(own.open(InetAddress.getLoopbackAddress(), how -> {}));
            for (int i = 0; i < 20; i++) {
                open.add(others.open(InetAddress.getLoopbackAddress(), how -> {}));
            }
            Await.until("clients' to both", () -> own(one) == 21 && own(other) == 21);
            assertThat(one.status().listeners().get(0).connections()).isEqualTo(1);

            other.stop();
            Await.until("a stop closes nobody", () -> own(one) == 21);
            open.get(20).closed();
            Await.until("one less", () -> own(one) == 20);
            other.close();
            Await.until("nobody of a guard that was closed", () -> own(one) == 1);
        } finally {
            other.close();
        }
    }

    private static long own(TcpGuard guard) {
        return guard.snapshot().capacity().own();
    }
}
