/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Where accept(2) fails for want of a descriptor, nobody comes in who could ask for an idle client's. A server in a
 * process of its own, with 300 descriptors and a minimum idle time of a second, which keeps its connections.
 */
public final class NoneLeft implements AutoCloseable {
    /** The server's descriptors. */
    public static final int DESCRIPTORS = 300;

    private static final int USERS = 5;
    private static final long PACE_NANOS = 100_000_000;

    private final Server server;
    private final int idle;
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final List<Socket> inside = new ArrayList<>();
    private final List<Future<Integer>> active = new ArrayList<>();
    private volatile boolean over;

    /** The server under test. */
    public interface Server {
        long pid();

        int port() throws Exception;

        int healthPort() throws Exception;

        /** Opens whatever is left, as an application does that forgets to close. */
        void leak() throws Exception;

        /** Closes it. */
        void heal() throws Exception;

        /** Evictions so far. */
        long evicted() throws Exception;
    }

    /** @param idle connections that are served once, and then idle */
    public NoneLeft(Server server, int idle) throws Exception {
        this.server = server;
        this.idle = idle;
        for (int i = 0; i < USERS; i++) {
            Socket user = connect();
            active.add(clients.submit(() -> {
                int answers = 0;
                for (; !over; answers++) {
                    assertThat(ask(user)).startsWith("HTTP/1.1 200");
                    LockSupport.parkNanos(PACE_NANOS);
                }
                return answers;
            }));
        }
        for (int i = 0; i < idle; i++) {
            assertThat(ask(connect())).startsWith("HTTP/1.1 200");
        }
    }

    /** An operator, or a container, sets the limit below what is open. */
    public void limitFalls() throws Exception {
        DescriptorLimit.set(server.pid(), 200);

        isInServiceAgain(DESCRIPTORS - 200);
    }

    /** The application opens all that are left. */
    public void othersTakeAll() throws Exception {
        server.leak();

        isInServiceAgain(DESCRIPTORS - idle);
        server.heal();
        Await.until("health after they were given back", this::isUp);
        assertThat(isServed()).isTrue();
    }

    /** @param missing how many descriptors idle clients have to give back at most */
    private void isInServiceAgain(int missing) throws Exception {
        int[] served = {0};
        Await.until("ten newcomers are served", () -> (served[0] += isServed() ? 1 : 0) == 10);
        Await.until("health is up", this::isUp);
        assertThat(isServed()).isTrue();
        assertThat(server.evicted()).isBetween(1L, missing + 20L + 11);
        over = true;
        for (Future<Integer> user : active) {
            assertThat(user.get()).as("answers to one who is active").isPositive();
        }
    }

    private boolean isUp() {
        try (Socket check = connected(server.healthPort(), 5_000)) {
            return ask(check).startsWith("HTTP/1.1 200");
        } catch (Exception unanswered) {
            return false;
        }
    }

    private boolean isServed() {
        try (Socket client = connected(server.port(), 3_000)) {
            return ask(client).startsWith("HTTP/1.1 200");
        } catch (Exception refused) {
            return false;
        }
    }

    private Socket connect() throws Exception {
        Socket client = connected(server.port(), 20_000);
        inside.add(client);
        return client;
    }

    private static Socket connected(int port, int patienceMillis) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(patienceMillis);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patienceMillis);
        return client;
    }

    /** The head of an answer; its body is read, too. */
    private static String ask(Socket client) throws IOException {
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream in = client.getInputStream();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int b = in.read();
                b >= 0 && !read.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r");
                b = in.read()) {
            read.write(b);
        }
        String head = read.toString(StandardCharsets.US_ASCII);
        int length = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ") + 16;
        in.skipNBytes(length < 16 ? 0 : Long.parseLong(head.substring(length, head.indexOf('\r', length))));
        return head;
    }

    @Override
    public void close() throws IOException {
        over = true;
        clients.shutdownNow();
        for (Socket socket : inside) {
            socket.close();
        }
    }
}
