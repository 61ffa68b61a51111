package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class FloodTest {
    private static final int DESCRIPTORS = 256;
    private static final int SESSIONS = 8;

    /** What an abnormal client sends, and that it then sits. */
    enum Abuse {
        SILENT(""),
        ONE_REQUEST_AND_SIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        HALF_A_REQUEST("GET / HTTP/1.1\r\nHost: a\r\nX-"),
        SLOW_READER("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");

        private final String bytes;

        Abuse(String bytes) {
            this.bytes = bytes;
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void leavesAGuardedServerInServiceAndAStockOneWithoutDescriptors() throws Exception {
        try (ChildServer guarded = new ChildServer(DESCRIPTORS, "guarded");
                ChildServer stock = new ChildServer(DESCRIPTORS, "stock")) {
            keepsItsPromises(guarded, Abuse.ONE_REQUEST_AND_SIT, 400, 5);
            runsOut(stock, Abuse.ONE_REQUEST_AND_SIT, 400);
        }
    }

    /** Without slow readers: they take all of Tomcat's 200 threads before its descriptors, and then no session is served. */
    @Tag("long")
    @ParameterizedTest
    @EnumSource(value = Abuse.class, names = "SLOW_READER", mode = EnumSource.Mode.EXCLUDE)
    void ofEachKindLeavesAServerWith1024DescriptorsInService(Abuse abuse) throws Exception {
        try (ChildServer guarded = new ChildServer(1024, "guarded");
                ChildServer stock = new ChildServer(1024, "stock")) {
            keepsItsPromises(guarded, abuse, 1_400, 12);
            runsOut(stock, abuse, 1_400);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(Abuse.class)
    void ofEachKindLeavesAServerWith256DescriptorsInService(Abuse abuse) throws Exception {
        try (ChildServer guarded = new ChildServer(DESCRIPTORS, "guarded")) {
            keepsItsPromises(guarded, abuse, 400, 12);
        }
    }

    @Tag("long")
    @Test
    void ofReconnectsLeavesTheServerInService() throws Exception {
        try (ChildServer guarded = new ChildServer(DESCRIPTORS, "guarded")) {
            try (Sessions sessions = new Sessions(guarded)) {
                List<SocketChannel> held = flood(guarded.port(), Abuse.ONE_REQUEST_AND_SIT, 300);
                for (int round = 0; round < 15; round++) {
                    for (int i = 0; i < 200; i++) {
                        SocketChannel one = abnormal(guarded.port(), Abuse.ONE_REQUEST_AND_SIT);
                        if (one != null) {
                            one.close();
                        }
                    }
                    sessions.beat();
                    assertThat(health(guarded)).startsWith("HTTP/1.1 200");
                }
                close(held);
                calmsDown(guarded, sessions);
            }
        }
    }

    @Tag("long")
    @Test
    void ofStalledTlsHandshakesLeavesTheServerInService(@TempDir Path directory) throws Exception {
        Path store = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        try (ChildServer guarded = new ChildServer(DESCRIPTORS, "guarded", store.toString())) {
            // The first five bytes of a ClientHello's record header and a few of its body: enough to look alive.
            List<SocketChannel> held = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                SocketChannel one = abnormal(guarded.port(), Abuse.SILENT);
                if (one != null) {
                    send(one, ByteBuffer.wrap(new byte[] {22, 3, 1, 2, 0, 1, 0}));
                    held.add(one);
                }
                if (i % 50 == 0) {
                    assertThat(health(guarded)).startsWith("HTTP/1.1 200");
                    assertThat(guarded.openDescriptors()).isLessThanOrEqualTo(DESCRIPTORS - 10);
                }
            }
            assertThat(guarded.acceptErrors()).isEmpty();
            close(held);
            TomcatRig.await("descriptors back", () -> openDescriptors(guarded) < DESCRIPTORS / 2);
        }
    }

    static void keepsItsPromises(ChildServer server, Abuse abuse, int clients, int seconds) throws Exception {
        try (Sessions sessions = new Sessions(server)) {
            List<SocketChannel> held = new ArrayList<>();
            int most = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            int checks = 0;
            while (System.nanoTime() - end < 0) {
                held.addAll(flood(server.port(), abuse, clients / 10));
                forgetTheDead(held, clients);
                most = Math.max(most, server.openDescriptors());
                sessions.beat();
                assertThat(health(server)).as("check %d", checks++).startsWith("HTTP/1.1 200");
                TimeUnit.MILLISECONDS.sleep(100);
            }
            assertThat(most).as("descriptors at most").isLessThanOrEqualTo(server.descriptorLimit() - 10);
            assertThat(most).as("the flood reached the refusal point").isGreaterThan(server.descriptorLimit() * 3 / 4);
            close(held);
            calmsDown(server, sessions);
        }
    }

    private static void calmsDown(ChildServer server, Sessions sessions) throws Exception {
        AtomicReference<String> level = new AtomicReference<>("");
        try {
            TomcatRig.await("back to normal by itself", () -> {
                String now = level(server);
                level.set(now);
                return now.startsWith("NORMAL");
            });
        } catch (AssertionError e) {
            throw new AssertionError(level + ", " + server.openDescriptors() + " open, " + server.output(), e);
        }
        sessions.beat();
        assertThat(server.acceptErrors()).isEmpty();
    }

    private static void runsOut(ChildServer server, Abuse abuse, int clients) throws Exception {
        List<SocketChannel> held = new ArrayList<>();
        while (held.size() < clients && server.acceptErrors().isEmpty()) {
            held.addAll(flood(server.port(), abuse, 20));
        }
        TomcatRig.await("the stock server fails", () -> !server.acceptErrors().isEmpty());
        close(held);
    }

    /** More clients than descriptors, for a moment. */
    static void floodAndLetGo(ChildServer server, Abuse abuse, int clients) throws Exception {
        List<SocketChannel> held = flood(server.port(), abuse, clients);
        assertThat(server.openDescriptors()).isLessThanOrEqualTo(server.descriptorLimit() - 10);
        assertThat(health(server)).startsWith("HTTP/1.1 200");
        close(held);
        TomcatRig.await("descriptors back", () -> openDescriptors(server) < server.descriptorLimit() / 2);
    }

    private static List<SocketChannel> flood(int port, Abuse abuse, int clients) throws IOException {
        List<SocketChannel> held = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            SocketChannel one = abnormal(port, abuse);
            if (one != null) {
                held.add(one);
            }
        }
        return held;
    }

    private static @Nullable SocketChannel abnormal(int port, Abuse abuse) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            if (abuse == Abuse.SLOW_READER) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            }
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
            while (!channel.finishConnect()) {
                if (System.nanoTime() - deadline > 0) {
                    channel.close();
                    return null;
                }
                TimeUnit.MICROSECONDS.sleep(200);
            }
            send(channel, abuse.bytes());
            return channel;
        } catch (IOException e) {
            // Refused: as it should be.
            channel.close();
            return null;
        } catch (InterruptedException e) {
            channel.close();
            throw new IOException(e);
        }
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining() && channel.write(bytes) > 0) {
                // A few bytes fit at once.
            }
        } catch (IOException e) {
            channel.close();
        }
    }

    /** Abnormal clients notice that they were refused, and let go; the oldest of too many do. */
    private static void forgetTheDead(List<SocketChannel> held, int most) throws IOException {
        Deque<SocketChannel> alive = new ArrayDeque<>();
        ByteBuffer answer = ByteBuffer.allocate(512);
        for (SocketChannel channel : held) {
            answer.clear();
            int read = -1;
            try {
                read = channel.isOpen() ? channel.read(answer) : -1;
            } catch (IOException e) {
                // Reset.
            }
            String head = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
            if (read < 0 || head.startsWith("HTTP/1.1 503")) {
                channel.close();
            } else {
                alive.add(channel);
            }
        }
        while (alive.size() > most) {
            alive.removeFirst().close();
        }
        held.clear();
        held.addAll(alive);
    }

    private static void close(List<SocketChannel> channels) throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    static String health(ChildServer server) throws Exception {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(5_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.healthPort()), 5_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String level(ChildServer server) {
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.get("/");
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        } catch (Exception e) {
            return "no answer: " + e;
        }
    }

    private static int openDescriptors(ChildServer server) {
        try {
            return server.openDescriptors();
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** Users who came before the flood and go on working. */
    private static final class Sessions implements AutoCloseable {
        private final List<RawClient> clients = new ArrayList<>();

        Sessions(ChildServer server) throws Exception {
            for (int i = 0; i < SESSIONS; i++) {
                clients.add(new RawClient(server.port()));
            }
            beat();
        }

        void beat() throws IOException {
            for (RawClient client : clients) {
                assertThat(client.get("/session")).as("an established session").startsWith("HTTP/1.1 200");
            }
        }

        @Override
        public void close() throws IOException {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }
}
