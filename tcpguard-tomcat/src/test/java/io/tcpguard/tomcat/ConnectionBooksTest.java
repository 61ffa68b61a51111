/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import io.tcpguard.testkit.SelfSigned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionBooksTest {
    private static final int CLIENTS = 4;
    private static final int OPEN_AT_THE_END = 40;

    private final FakeControl guard = new FakeControl();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger evicted = new AtomicInteger();
    private final AtomicInteger spokeHttp2 = new AtomicInteger();

    @Test
    void agreeWithTomcatsAndTheKernelsAfterTenThousandRefusalsEvictionsErrorsTimeoutsAndCloses() throws Exception {
        agree(10_000, null);
    }

    @Test
    void agreeUnderTlsToo(@TempDir Path directory) throws Exception {
        agree(1_000, SelfSigned.keys(directory));
    }

    private void agree(int connections, @Nullable Path keys) throws Exception {
        try (TomcatRig rig = new TomcatRig()) {
            if (keys != null) {
                Keys.serve(rig.connector, keys.toString());
            }
            rig.connector.addUpgradeProtocol(new Http2Protocol());
            guard.resetsAll = true;
            rig.protocol.guardWith(guard);
            // A handshake takes its time on a busy machine.
            rig.connector.setProperty("connectionTimeout", keys == null ? "300" : "1500");
            rig.start();
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
            try {
                Future<?> evictor = threads.submit(() -> evictUntil(done, keys == null ? 20_000 : 4_000_000));
                List<Future<?>> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    int seed = i;
                    clients.add(threads.submit(() -> {
                        mistreat(rig.port(), keys != null, connections / CLIENTS, new Random(seed));
                        return null;
                    }));
                }
                for (Future<?> client : clients) {
                    client.get();
                }
                done.set(true);
                evictor.get();
            } finally {
                threads.shutdownNow();
            }
            // Who resets at once is accepted later, when its client is long gone.
            Await.until("all accepted", () -> guard.handles.size() + guard.resets.get() == connections);
            Await.until("all closed", () -> guard.open() == 0 && rig.tomcatsCount() == 0);
            assertThat(rig.protocol.getGuardedConnections()).isZero();
            assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
            assertThat(guard.handles).allMatch(handle -> handle.isClosed());
            assertThat(answered).hasPositiveValue();
            assertThat(evicted).hasPositiveValue();
            if (keys == null) {
                // Tomcat takes prior knowledge in clear text only.
                assertThat(spokeHttp2).hasPositiveValue();
            }
            agreeWhileOpen(rig);
        }
    }

    /** Counted by the guard, by Tomcat and by the kernel. */
    private void agreeWhileOpen(TomcatRig rig) throws Exception {
        guard.connections = Admission.ADMIT;
        rig.connector.setProperty("connectionTimeout", "60000");
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < OPEN_AT_THE_END; i++) {
                clients.add(rig.client());
            }
            Await.until("accepted", () -> rig.protocol.getGuardedConnections() == OPEN_AT_THE_END);
            // The acceptor takes its own slot a moment later.
            Await.until("counted by Tomcat", () -> rig.tomcatsCount() == OPEN_AT_THE_END);
            Await.until("counted by the kernel", () -> establishedAt(rig.port()) == OPEN_AT_THE_END);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    /**
     * The kernel's count (net/ipv4/tcp_ipv4.c, get_tcp4_sock: local address and port in hex, state 01 is ESTABLISHED).
     */
    private static long establishedAt(int port) {
        Pattern established =
                Pattern.compile(String.format("^ *\\d+: ([0-9A-F]+:%04X [0-9A-F]+:[0-9A-F]{4} 01) .*", port));
        long count = 0;
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            try {
                // The table is no snapshot: while others come and go, a row may be in it twice.
                count += Files.readAllLines(Path.of(table)).stream()
                        .map(established::matcher)
                        .filter(Matcher::matches)
                        .map(row -> row.group(1))
                        .distinct()
                        .count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return count;
    }

    /**
     * Evicts whatever may be evicted, at the worst of moments: while requests arrive.
     *
     * @param pauseNanos between two rounds; so long that some handshakes come to their end
     */
    private void evictUntil(AtomicBoolean done, long pauseNanos) {
        while (!done.get()) {
            int size = guard.handles.size();
            int newest = Math.max(0, size - 8);
            for (int i = newest; i < size; i++) {
                Closing how = ThreadLocalRandom.current().nextBoolean() ? Closing.RESET : Closing.ORDERLY;
                if (ThreadLocalRandom.current().nextInt(4) == 0
                        && guard.handles.get(i).evict(how)) {
                    evicted.incrementAndGet();
                }
            }
            LockSupport.parkNanos(pauseNanos);
        }
    }

    private void mistreat(int port, boolean tls, int connections, Random random) throws Exception {
        for (int i = 0; i < connections; i++) {
            guard.connections = switch (random.nextInt(16)) {
                case 0 -> Admission.RESET;
                case 1 -> Admission.RESPOND;
                default -> Admission.ADMIT;
            };
            if (tls && random.nextInt(8) == 0) {
                // In the middle of its handshake, or no TLS at all.
                try (RawClient client = new RawClient(port)) {
                    client.send(random.nextBoolean() ? "\u0016\u0003\u0001" : "GET / HTTP/1.1\r\n\r\n");
                } catch (IOException e) {
                    // Refused.
                }
                continue;
            }
            try (RawClient client = tls ? RawClient.overTls(port) : new RawClient(port)) {
                switch (random.nextInt(9)) {
                    case 7 -> http2(client, random);
                    case 0 -> client.closeByReset();
                    case 1 -> client.send("GET / HT").closeByReset();
                    case 2 -> client.send("no http at all\r\n\r\n").answer();
                    case 3 -> {
                        if (random.nextInt(20) == 0) {
                            client.send("GET / HT").answer();
                        }
                    }
                    default -> echo(client, random);
                }
            } catch (IOException e) {
                // Refused, evicted or cut: all of them are what this test is about.
            }
        }
    }

    private void http2(RawClient client, Random random) throws IOException {
        client.send(new String(Abuse.HTTP2_IDLE_STREAMS.bytes(), StandardCharsets.ISO_8859_1));
        if (client.ending().startsWith("byte")) {
            spokeHttp2.incrementAndGet();
        }
        if (random.nextBoolean()) {
            client.closeByReset();
        }
    }

    private void echo(RawClient client, Random random) throws IOException {
        for (int i = 0; i <= random.nextInt(3); i++) {
            String id = "id" + random.nextLong();
            String answer = client.get("/echo?" + id);
            if (answer.startsWith("HTTP/1.1 200")) {
                // Never the bytes of another connection, whatever was evicted meanwhile.
                assertThat(answer).endsWith("\r\n\r\n" + id);
                answered.incrementAndGet();
            }
        }
    }
}
