/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.OpenDescriptors;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IoThreadTest {
    private static final GuardConfig WITH_HEALTH = new GuardConfig(Map.of(Setting.HEALTH_PORT, 0));

    private final FakeView view = new FakeView();

    @Test
    void isADaemonOfThatName() {
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        try (IoThread io = IoThread.open(GuardConfig.defaults(), view)) {
            io.start();
            io.start();
            io.execute(() -> seen.complete(Thread.currentThread()));
            seen.join();
        }
        assertThat(seen.join().getName()).isEqualTo("tcpguard-io");
        assertThat(seen.join().isDaemon()).isTrue();
        assertThat(seen.join().isAlive()).isFalse();
    }

    @Test
    void runsTasksInOrderAndSurvivesWhatTheyThrow() throws IOException {
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        try (IoThread io = IoThread.open(WITH_HEALTH, view)) {
            io.start();
            for (int i = 0; i < 10; i++) {
                int n = i;
                io.execute(() -> {
                    ran.add(n);
                    Thread.currentThread().interrupt();
                    if (n % 2 == 0) {
                        throw new IllegalStateException("on purpose");
                    }
                    throw new AssertionError("on purpose");
                });
            }
            Await.until("all tasks ran", () -> ran.size() == 10);

            assertThat(ran).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThat(Wire.get(io.healthPort(), "/")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void answersOnAfterTheGuardFailedIt() throws IOException {
        AtomicBoolean broken = new AtomicBoolean(true);
        FakeView failing = new FakeView() {
            @Override
            public GuardSnapshot snapshot() {
                if (broken.get()) {
                    throw new IllegalStateException("on purpose");
                }
                return super.snapshot();
            }
        };
        try (IoThread io = IoThread.open(WITH_HEALTH, failing)) {
            io.start();
            for (int i = 0; i < 10; i++) {
                try (Socket socket = Wire.connect(io.healthPort())) {
                    Wire.send(socket, "GET / HTTP/1.0\r\n\r\n");
                    assertThat(Wire.readToEnd(socket)).isEmpty();
                }
            }
            broken.set(false);

            assertThat(Wire.get(io.healthPort(), "/")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void leavesNoDescriptorNoThreadAndNoConnectionBehind() throws IOException {
        Map<Setting, Object> everything = Map.of(
                Setting.HEALTH_PORT,
                0,
                Setting.AGENT_PORT,
                0,
                Setting.UDP_PORT,
                0,
                Setting.CLOSE_HEALTH_WHEN_DOWN,
                true);
        IoThread.open(new GuardConfig(everything), view).close(); // what is opened once for all
        OpenDescriptors before = OpenDescriptors.now();

        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            IoThread io = IoThread.open(new GuardConfig(everything), view);
            io.start();
            try (Socket idle = Wire.connect(io.healthPort());
                    Socket refused = Wire.connect(server.socket().getLocalPort())) {
                io.refuse(server.accept(), Admission.RESPOND, 1, 8);
                Wire.get(io.healthPort(), "/");
                io.close();
                io.close();

                assertThat(Wire.readToEnd(idle)).isEmpty();
                assertThat(Wire.readToEnd(refused)).isEmpty();
                assertThat(io.refusalsHeld()).isZero();
            }
        }

        assertThat(OpenDescriptors.now().since(before)).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("tcpguard-io");
    }

    @Test
    void givesEverythingBackIfItWasNeverStarted() throws IOException {
        IoThread.open(WITH_HEALTH, view).close();
        OpenDescriptors before = OpenDescriptors.now();
        IoThread io = IoThread.open(WITH_HEALTH, view);

        io.close();
        io.start();

        assertThat(OpenDescriptors.now().since(before)).isEmpty();
    }

    @Test
    void canBeClosedFromItsOwnThread() {
        IoThread io = IoThread.open(WITH_HEALTH, view);
        io.start();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        io.execute(() -> {
            thread.complete(Thread.currentThread());
            io.close();
        });

        Await.until("it ended", () -> !thread.join().isAlive());
    }

    @Test
    void runsTheTasksThatItHadBeforeItEnds() {
        AtomicInteger ran = new AtomicInteger();
        IoThread io = IoThread.open(WITH_HEALTH, view);
        io.start();
        for (int i = 0; i < 100; i++) {
            io.execute(ran::incrementAndGet);
        }

        io.close();

        assertThat(ran.get()).isEqualTo(100);
    }

    @Test
    void saysWhichPortCanNotBeBoundAndKeepsNothingOpen() throws IOException {
        IoThread.open(WITH_HEALTH, view).close();
        try (ServerSocket taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            OpenDescriptors before = OpenDescriptors.now();

            for (Setting setting : List.of(Setting.HEALTH_PORT, Setting.AGENT_PORT)) {
                assertThatThrownBy(() -> IoThread.open(new GuardConfig(Map.of(setting, port)), view))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(setting.key() + "=" + port)
                        .hasMessageContaining("Address already in use")
                        .hasCauseInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> IoThread.open(
                            new GuardConfig(
                                    Map.of(Setting.HEALTH_PORT, 0, Setting.HEALTH_ADDRESS, "no.such.host.invalid")),
                            view))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("healthAddress=no.such.host.invalid");

            assertThat(OpenDescriptors.now().since(before)).isEmpty();
        }
    }

    @Test
    void saysWhichDatagramPortCanNotBeBound() throws IOException {
        try (java.net.DatagramSocket taken = new java.net.DatagramSocket(0)) {
            assertThatThrownBy(() -> IoThread.open(
                            new GuardConfig(Map.of(Setting.HEALTH_PORT, 0, Setting.UDP_PORT, taken.getLocalPort())),
                            view))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("udpPort=" + taken.getLocalPort());
        }
    }

    @Test
    void restsWhileNothingHappens() {
        try (IoThread io = IoThread.open(WITH_HEALTH, view)) {
            io.start();
            AtomicBoolean ran = new AtomicBoolean();
            io.execute(() -> ran.set(true));
            Await.until("it is at rest", ran::get);

            long before = io.cycles();
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);

            assertThat(io.cycles() - before).isLessThan(10);
        }
    }
}
