package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.admission.Closing;
import io.tcpguard.state.Admission;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;

class ConnectionBooksTest {
    private static final int CLIENTS = 4;
    private static final int CONNECTIONS_EACH = 2_500;

    private final FakeGuard guard = new FakeGuard();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger evicted = new AtomicInteger();

    @Test
    void agreeWithTomcatsAfterTenThousandRefusalsEvictionsErrorsTimeoutsAndCloses() throws Exception {
        try (TomcatRig rig = new TomcatRig()) {
            guard.resetsAll = true;
            rig.protocol.guardWith(guard);
            rig.connector.setProperty("connectionTimeout", "300");
            rig.start();
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
            try {
                Future<?> evictor = threads.submit(() -> evictUntil(done));
                List<Future<?>> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    int seed = i;
                    clients.add(threads.submit(() -> {
                        mistreat(rig.port(), new Random(seed));
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
            TomcatRig.await("all closed", () -> guard.open() == 0 && rig.tomcatsCount() == 0);
            assertThat(rig.protocol.getGuardedConnections()).isZero();
            assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
            assertThat(guard.handles).allMatch(handle -> handle.closed);
            assertThat(guard.handles.size() + guard.resets.get()).isEqualTo(CLIENTS * CONNECTIONS_EACH);
            assertThat(answered).hasPositiveValue();
            assertThat(evicted).hasPositiveValue();
        }
    }

    /** Evicts whatever may be evicted, at the worst of moments: while requests arrive. */
    private void evictUntil(AtomicBoolean done) {
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
            LockSupport.parkNanos(20_000);
        }
    }

    private void mistreat(int port, Random random) throws IOException {
        for (int i = 0; i < CONNECTIONS_EACH; i++) {
            guard.atAccept = Admission.values()[random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0];
            try (RawClient client = new RawClient(port)) {
                switch (random.nextInt(8)) {
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
