/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownDrainTest {

    @Test
    void losesNoRequestThatIsInProgressWhenTheJvmIsTerminated() throws Exception {
        try (ChildServer server = new ChildServer(
                        256, List.of("-cp", System.getProperty("java.class.path"), ShutdownMain.class.getName()));
                RawClient slow = new RawClient(server.port())) {
            Await.until("healthy", () -> FloodTest.level(server).startsWith("HTTP/1.1 200"));
            slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("begun", () -> server.output().contains("slow one begun"));
            server.requestTermination();
            Await.until("health down", () -> FloodTest.level(server).startsWith("HTTP/1.1 503"));
            // Nobody is turned away while balancers still send clients here.
            try (RawClient other = new RawClient(server.port())) {
                assertThat(other.get("/")).startsWith("HTTP/1.1 200");
            }
            assertThat(slow.answer()).startsWith("HTTP/1.1 200").endsWith("ok");
            slow.closeByReset();
            assertThat(server.ended()).isTrue();
            Await.until("stopped in order", () -> server.output().contains("stopped"));
        }
    }

    @Test
    void endsWithTheLastRequestThatBeganBeforeIt() throws Exception {
        try (TomcatRig rig = new TomcatRig();
                TcpGuard guard = TcpGuard.builder().build().start()) {
            rig.protocol.guardWith(guard);
            rig.start();
            CompletableFuture<Void> drained = new CompletableFuture<>();
            try (RawClient slow = rig.client()) {
                slow.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
                rig.blocked.await();
                Thread drain = new Thread(() -> {
                    try {
                        TomcatGuard.drain(guard, List.of(rig.connector), Duration.ZERO, Duration.ofHours(1));
                        drained.complete(null);
                    } catch (InterruptedException e) {
                        drained.completeExceptionally(e);
                    }
                });
                drain.setDaemon(true);
                drain.start();
                Await.until(
                        "notice is over",
                        () -> rig.protocol.endpoint().guarding().closesAnswered());
                assertThat(drained).isNotDone();

                rig.release.countDown();

                assertThat(slow.answer()).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("connection: close");
                assertThat(slow.ending()).isEqualTo("FIN");
                drained.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void isForgottenWhenTheServerStopsBefore() throws Exception {
        try (TomcatRig rig = new TomcatRig();
                TcpGuard guard = TcpGuard.builder().build().start()) {
            TomcatGuard.drainAtShutdown(guard, rig.tomcat.getServer(), Duration.ZERO, Duration.ZERO);
            int listeners = rig.tomcat.getServer().findLifecycleListeners().length;
            rig.start();
            rig.tomcat.stop();
            assertThat(rig.tomcat.getServer().findLifecycleListeners()).hasSize(listeners - 1);
        }
    }
}
