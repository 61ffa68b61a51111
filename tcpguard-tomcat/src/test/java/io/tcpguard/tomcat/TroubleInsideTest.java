/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.testkit.Await;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A guard that fails inside never fails a request. A decision that fails: {@code AdmissionPolicyTest}. */
class TroubleInsideTest {
    private final AtomicInteger failures = new AtomicInteger();
    private TcpGuard guard;
    private TomcatRig rig;

    @BeforeEach
    void startServer() throws Exception {
        guard = TcpGuard.builder().healthPort(0).build().start();
        rig = new TomcatRig();
        rig.protocol.guardWith(guard);
        rig.start();
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
        guard.close();
    }

    @Test
    void ofAListenerToTransitionsFailsNoRequest() throws Exception {
        guard.onTransition(transition -> {
            failures.incrementAndGet();
            throw new IllegalStateException("a listener's own fault");
        });
        guard.drain("a transition");
        everybodyIsServedWhileItFails();
        guard.resume();
        everybodyIsServedWhileItFails();
    }

    @Test
    void ofAProbeFailsNoRequest() throws Exception {
        try (AutoCloseable watch = guard.watchWork("broken", task -> {
            failures.incrementAndGet();
            throw new NoClassDefFoundError("as at the limit of descriptors");
        })) {
            assertThat(watch).isNotNull();
            everybodyIsServedWhileItFails();
        }
    }

    @Test
    void ofAWholeSamplingCycleFailsNoRequest() throws Exception {
        ListenerControl failing = () -> {
            failures.incrementAndGet();
            throw new IllegalStateException("an adapter's own fault");
        };
        try (GuardedListener listener = guard.listen("broken", 1, failing)) {
            assertThat(listener).isNotNull();
            everybodyIsServedWhileItFails();
        }
    }

    private void everybodyIsServedWhileItFails() throws Exception {
        int before = failures.get();
        Await.until("a failure", () -> failures.get() > before || failures.get() > 1);
        for (int i = 0; i < 10; i++) {
            try (RawClient client = rig.client()) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 200").endsWith("ok");
                assertThat(client.get("/")).startsWith("HTTP/1.1 200").endsWith("ok");
            }
        }
    }
}
