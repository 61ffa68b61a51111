/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Bursts into a server whose sampler comes late: more connects at once than it has descriptors, again and again. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class BurstTest {
    private static final int DESCRIPTORS = 300;
    private static final int CONNECTS = 340;
    private static final int MORE_BURSTS = 60;

    @Test
    void fewOfThemNeverTakeTheLastDescriptor() throws Exception {
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded")) {
            forEachThread(server, "renice", "-n", "19", "-p");
            neverTakeTheLastDescriptor(server, 5);
        }
    }

    @Tag("record")
    @Test
    void neverTakeTheLastDescriptorOfAServerThatIsNicedOut() throws Exception {
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded")) {
            forEachThread(server, "renice", "-n", "19", "-p");
            neverTakeTheLastDescriptor(server, 200);
        }
    }

    @Tag("record")
    @Test
    void neverTakeTheLastDescriptorOfAServerUnderACpuQuota() throws Exception {
        Path cpu = Path.of("/sys/fs/cgroup/cpu");
        assumeTrue(Files.isWritable(cpu), "needs root and cgroup v1's cpu controller");
        Path group = cpu.resolve("tcpguard-burst-" + ProcessHandle.current().pid());
        Files.createDirectory(group);
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded")) {
            server.port();
            Files.writeString(group.resolve("cpu.cfs_quota_us"), "20000");
            Files.writeString(group.resolve("cgroup.procs"), String.valueOf(server.pid()));
            neverTakeTheLastDescriptor(server, 200);
            System.out.println("quota of a fifth of a processor: "
                    + Files.readString(group.resolve("cpu.stat")).strip().replace('\n', ' '));
        } finally {
            Await.until("no process in the group", () -> Files.readString(group.resolve("cgroup.procs"))
                    .isEmpty());
            Files.delete(group);
        }
    }

    /** Where no group of processes can be given a quota: one processor, and neighbours on it that never sleep. */
    @Tag("record")
    @Test
    void neverTakeTheLastDescriptorOfAServerWithASmallShareOfOneProcessor() throws Exception {
        List<Process> neighbours = new ArrayList<>();
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded")) {
            forEachThread(server, "taskset", "-cp", "0");
            forEachThread(server, "renice", "-n", "10", "-p");
            for (int i = 0; i < 2; i++) {
                neighbours.add(new ProcessBuilder("taskset", "-c", "0", "sh", "-c", "while :; do :; done").start());
            }
            neverTakeTheLastDescriptor(server, 200);
        } finally {
            neighbours.forEach(Process::destroyForcibly);
        }
    }

    @Tag("long")
    @Test
    void aHundredSlowPostsNeverTakeHealthDown() throws Exception {
        try (ChildServer server = ChildServer.lean(90, "guarded")) {
            List<RawClient> posts = new ArrayList<>();
            try {
                for (int i = 0; i < 100; i++) {
                    posts.add(new RawClient(server.port())
                            .send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"));
                }
                for (int second = 0; second < 15; second++) {
                    for (RawClient post : posts) {
                        drip(post);
                    }
                    assertThat(FloodTest.health(server)).startsWith("HTTP/1.1 200");
                    TimeUnit.SECONDS.sleep(1);
                }
            } finally {
                for (RawClient post : posts) {
                    post.close();
                }
            }
            assertThat(wentDown(server)).isEmpty();
            assertThat(server.acceptErrors()).isEmpty();
        }
    }

    /** Those that it makes later inherit it from them (sched(7)). */
    private static void forEachThread(ChildServer server, String... command) throws Exception {
        server.port();
        List<Path> threads;
        try (var all = Files.list(Path.of("/proc", String.valueOf(server.pid()), "task"))) {
            threads = all.toList();
        }
        for (Path thread : threads) {
            List<String> line = new ArrayList<>(List.of(command));
            line.add(thread.getFileName().toString());
            new ProcessBuilder(line).start().waitFor();
        }
    }

    private static void drip(RawClient post) {
        try {
            post.send("x");
        } catch (IOException e) {
            // Refused, or given up.
        }
    }

    private static void neverTakeTheLastDescriptor(ChildServer server, int bursts) throws Exception {
        int served = 0;
        int refused = 0;
        int most = 0;
        int done = 0;
        // A server that gets no processor accepts nobody: then there are more bursts, until it was full.
        while (done < bursts || (most <= DESCRIPTORS * 3 / 4 && done < bursts + MORE_BURSTS)) {
            done++;
            int[] ends = burst(server);
            served += ends[0];
            refused += ends[1];
            most = Math.max(most, ends[2]);
        }
        System.out.println(done + " bursts of " + CONNECTS + " at " + DESCRIPTORS + ": served " + served + ", refused "
                + refused + ", others let go while they waited; most descriptors seen " + most);
        assertThat(server.acceptErrors()).isEmpty();
        assertThat(wentDown(server)).isEmpty();
        assertThat(most).isLessThan(DESCRIPTORS);
        assertThat(most).as("the bursts reached the admission threshold").isGreaterThan(DESCRIPTORS * 3 / 4);
        forEachThread(server, "renice", "-n", "0", "-p");
        int port = server.port();
        Await.until("served when the bursts are over", () -> isServed(port));
    }

    private static boolean isServed(int port) {
        try (RawClient client = new RawClient(port)) {
            return client.get("/").startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * By descriptors. A machine that is too busy may keep acceptor and workers from their processor for ten seconds:
     * other causes.
     */
    private static List<String> wentDown(ChildServer server) {
        return server.output().stream()
                .filter(line -> line.contains("health DOWN"))
                .filter(line -> line.contains("in spite of") || line.contains("usable for clients"))
                .toList();
    }

    /**
     * All at once, each with a request; they stay until most have heard, half a second at most. Served, refused, open
     * descriptors.
     */
    private static int[] burst(ChildServer server) throws Exception {
        int served = 0;
        int refused = 0;
        int most = 0;
        try (Selector selector = Selector.open()) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            ByteBuffer request =
                    ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            ByteBuffer answer = ByteBuffer.allocate(1024);
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTS; i++) {
                SocketChannel client = SocketChannel.open();
                client.configureBlocking(false);
                clients.add(client);
                client.register(selector, SelectionKey.OP_CONNECT);
                client.connect(to);
            }
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
            while (served + refused < CONNECTS && System.nanoTime() - end < 0) {
                selector.select(20);
                for (SelectionKey key : selector.selectedKeys()) {
                    int heard = serve(key, request, answer);
                    served += heard > 0 ? 1 : 0;
                    refused += heard < 0 ? 1 : 0;
                }
                selector.selectedKeys().clear();
                most = Math.max(most, server.openDescriptors());
            }
            for (SocketChannel client : clients) {
                client.close();
            }
        }
        return new int[] {served, refused, most};
    }

    /** 1: served; -1: refused; 0: neither yet. */
    private static int serve(SelectionKey key, ByteBuffer request, ByteBuffer answer) throws IOException {
        SocketChannel client = (SocketChannel) key.channel();
        try {
            if (key.isConnectable() && client.finishConnect()) {
                client.write(request.duplicate());
                key.interestOps(SelectionKey.OP_READ);
                return 0;
            }
            int read = client.read(answer.clear());
            key.cancel();
            return read > 12 && answer.get(9) == '2' ? 1 : -1;
        } catch (IOException e) {
            client.close();
            return -1;
        }
    }
}
