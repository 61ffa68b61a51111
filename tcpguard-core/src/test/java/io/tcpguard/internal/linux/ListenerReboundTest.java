/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ListenerReboundTest {
    private static final long MINUTE = 60_000_000_000L;

    @Test
    void aListenerThatIsClosedAndBoundAgainIsFoundAgainThoughItsNumberIsAnothers() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (LinuxProbes probes = LinuxProbes.open()) {
            ServerSocket first = new ServerSocket(0, 10, loopback);
            int port = first.getLocalPort();
            try (Probe probe = probes.acceptQueue(port, 10, now -> false)) {
                assertThat(probe.read(System.nanoTime())).isInstanceOf(Reading.Measured.class);

                first.close();
                try (ServerSocket thief = new ServerSocket(0, 77, loopback)) {
                    assertThat(thief.getLocalPort()).isNotEqualTo(port);
                    assertThat(probe.read(System.nanoTime() + MINUTE))
                            .isInstanceOfSatisfying(Reading.Unavailable.class, missing -> assertThat(missing.cause())
                                    .isEqualTo(Cause.NOTHING_TO_WATCH));

                    try (ServerSocket second = new ServerSocket(port, 20, loopback)) {
                        assertThat(second.getLocalPort()).isEqualTo(port);
                        assertThat(probe.read(System.nanoTime() + 3 * MINUTE))
                                .isInstanceOfSatisfying(Reading.Measured.class, queue -> assertThat(queue.limit())
                                        .isEqualTo(20));
                    }
                }
            }
        }
    }
}
