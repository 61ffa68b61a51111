/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.DescriptorLimit;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where accept(2) fails for want of a descriptor, nobody comes in who could ask for an idle client's. */
@Timeout(120)
class NoneLeftTest {
    private static final int IDLE = 200;
    private static final int USERS = 5;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final List<Socket> idle = new ArrayList<>();
    private final List<Socket> users = new ArrayList<>();
    private volatile boolean over;

    @AfterEach
    void leave() throws IOException {
        over = true;
        clients.shutdownNow();
        for (Socket socket : idle) {
            socket.close();
        }
        for (Socket socket : users) {
            socket.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void idleClientsGiveWayToNewcomersWhenTheLimitFellBelowWhatIsOpen(Transport transport) throws Exception {
        try (ChildServer server = server(transport)) {
            List<Future<Integer>> active = sit(server);
            DescriptorLimit.set(server.pid(), 200);

            isInServiceAgain(server, active, 300 - 200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void idleClientsGiveWayToNewcomersWhenOthersTookAll(Transport transport) throws Exception {
        try (ChildServer server = server(transport)) {
            List<Future<Integer>> active = sit(server);
            server.tell("leak");

            isInServiceAgain(server, active, 300 - IDLE);
            server.tell("heal");
            Await.until("health after they were given back", () -> isUp(server));
            assertThat(isServed(server)).isTrue();
        }
    }

    private static ChildServer server(Transport transport) throws IOException {
        return new ChildServer(
                300, NettyLine.V4_1.classPath(), transport.name(), Speech.HTTP1.name(), "on", "idleFloor=1s");
    }

    private List<Future<Integer>> sit(ChildServer server) throws Exception {
        List<Future<Integer>> active = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            Socket user = connect(server);
            users.add(user);
            active.add(clients.submit(() -> {
                int answers = 0;
                for (; !over; answers++) {
                    ask(user);
                    TimeUnit.MILLISECONDS.sleep(100);
                }
                return answers;
            }));
        }
        while (idle.size() < IDLE) {
            Socket client = connect(server);
            idle.add(client);
            ask(client);
        }
        TimeUnit.MILLISECONDS.sleep(1_500);
        return active;
    }

    /** @param missing how many descriptors idle clients have to give back at most */
    private void isInServiceAgain(ChildServer server, List<Future<Integer>> active, int missing) throws Exception {
        int[] served = {0};
        Await.until("ten newcomers are served", () -> (served[0] += isServed(server) ? 1 : 0) == 10);
        Await.until("health is up", () -> isUp(server));
        assertThat(isServed(server)).isTrue();
        assertThat(server.numbers().evicted()).isBetween(1L, missing + 20L + 11);
        over = true;
        for (Future<Integer> user : active) {
            assertThat(user.get()).as("answers to one who is active").isPositive();
        }
        over = false;
    }

    private static boolean isUp(ChildServer server) throws IOException {
        try (Socket check = new Socket()) {
            check.setSoTimeout(5_000);
            check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.healthPort), 5_000);
            check.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(check.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).endsWith("200");
        } catch (IOException unanswered) {
            return false;
        }
    }

    private static boolean isServed(ChildServer server) {
        try (Socket client = connect(server)) {
            ask(client);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static Socket connect(ChildServer server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(3_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 3_000);
        return client;
    }

    private static void ask(Socket client) throws IOException {
        client.getOutputStream().write(Speech.HTTP1.ask(0));
        Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
    }
}
