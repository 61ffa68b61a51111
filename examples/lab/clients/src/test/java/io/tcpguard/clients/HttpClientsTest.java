/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Five HTTP clients by HTTP/1.1 and HTTP/2, all at once, as they come: in session while a flood fills the server, after
 * they were evicted in a second one, coming new in a third, and while the server drains, when it ends each connection
 * with an answer; the same against the stock server, which does not drain.
 */
@Tag("long")
class HttpClientsTest {
    private static final int DESCRIPTORS = 256;

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void loseNoMoreThanByAStockServer(String kind) throws Exception {
        Map<String, Tally> stock = play(kind, "off");
        Map<String, Tally> guarded = play(kind, "on", "idleFloor=1s", "silentFloor=500ms", "queueWait=2s");
        System.out.println(kind + ", stock:   " + stock);
        System.out.println(kind + ", guarded: " + guarded);

        Tally known = tally(guarded, "in session");
        assertThat(known.lost()).as("in session: %s", known).isLessThanOrEqualTo(lost(stock, "in session"));
        Tally evicted = tally(guarded, "after an eviction");
        assertThat(evicted.lost()).as("after an eviction: %s", evicted).isZero();
        Tally drained = tally(guarded, "drain");
        assertThat(drained.lost()).as("drain: %s", drained).isZero();
        Tally newcomers = tally(guarded, "new in a flood");
        assertThat(newcomers.lost())
                .as("new in a flood: %s", newcomers)
                .isLessThanOrEqualTo(lost(stock, "new in a flood"));
        assertThat(newcomers.served() + newcomers.refused()).as("%s", newcomers).isPositive();
    }

    private static Tally tally(Map<String, Tally> tallies, String phase) {
        return Objects.requireNonNull(tallies.get(phase));
    }

    private static int lost(Map<String, Tally> tallies, String phase) {
        return tally(tallies, phase).lost();
    }

    private static Map<String, Tally> play(String kind, String guard, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(kind, guard));
        arguments.addAll(List.of(settings));
        List<Client> clients = Client.all();
        List<Client> newcomers = Client.all();
        Map<String, Tally> tallies = new TreeMap<>();
        try (ChildServer server = new ChildServer(DESCRIPTORS, arguments.toArray(new String[0]))) {
            String url = "http://127.0.0.1:" + server.port + "/";
            Tally calm = new Tally();
            askEach(clients, url, calm, 3, 50).end();
            assertThat(calm.served()).as("before anything: %s", calm).isEqualTo(3 * clients.size());

            Tally inSession = new Tally();
            try (Flood flood = new Flood(server.port)) {
                askEach(clients, url, inSession, 20, 100).end();
                assertThat(flood).isNotNull();
            }
            tallies.put("in session", inSession);
            TimeUnit.SECONDS.sleep(1);

            long before = server.evicted();
            Tally after = new Tally();
            try (Flood flood = new Flood(server.port)) {
                TimeUnit.SECONDS.sleep(3);
                assertThat(flood).isNotNull();
            }
            TimeUnit.SECONDS.sleep(1);
            long evicted = server.evicted() - before;
            askEach(clients, url, after, 5, 20).end();
            tallies.put("after an eviction", after);
            assertThat(guard.equals("off") || evicted > 0)
                    .as("somebody was evicted")
                    .isTrue();

            Tally fresh = new Tally();
            try (Flood flood = new Flood(server.port)) {
                TimeUnit.SECONDS.sleep(2);
                // Of ten strangers among 400 sometimes none gets in at its first try.
                askEach(newcomers, url, fresh, 4, 0).end();
                assertThat(flood).isNotNull();
            }
            tallies.put("new in a flood", fresh);
            TimeUnit.SECONDS.sleep(1);

            Tally drain = new Tally();
            Asking asking = askEach(clients, url, drain, 1_000, 20);
            TimeUnit.MILLISECONDS.sleep(300);
            server.tell("drain");
            TimeUnit.MILLISECONDS.sleep(1_500);
            asking.over = true;
            asking.end();
            tallies.put("drain", drain);
        } finally {
            for (Client client : clients) {
                client.close();
            }
            for (Client client : newcomers) {
                client.close();
            }
        }
        return tallies;
    }

    private static Asking askEach(List<Client> clients, String url, Tally tally, int times, long pauseMillis) {
        Asking asking = new Asking();
        for (Client client : clients) {
            asking.start(client.name(), () -> {
                for (int i = 0; i < times && !asking.over; i++) {
                    tally.ask(client, url);
                    TimeUnit.MILLISECONDS.sleep(pauseMillis);
                }
            });
        }
        return asking;
    }

    private static final class Asking {
        private final List<Thread> threads = new ArrayList<>();
        volatile boolean over;

        interface Deed {
            void run() throws InterruptedException;
        }

        void start(String who, Deed deed) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            deed.run();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    who);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }

        void end() throws InterruptedException {
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** What became of requests. */
    private static final class Tally {
        private final Map<String, Integer> statuses = new ConcurrentSkipListMap<>();
        private final Map<String, Integer> losses = new ConcurrentSkipListMap<>();

        void ask(Client client, String url) {
            try {
                statuses.merge(String.valueOf(client.get().status(url)), 1, Integer::sum);
            } catch (Exception e) {
                losses.merge(client.name() + " " + rootOf(e), 1, Integer::sum);
            }
        }

        private static String rootOf(Throwable e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            String text = root.toString();
            return text.substring(0, Math.min(100, text.length()));
        }

        int served() {
            return statuses.getOrDefault("200", 0);
        }

        int refused() {
            return statuses.getOrDefault("503", 0);
        }

        int lost() {
            return losses.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        public String toString() {
            return statuses + " lost " + losses;
        }
    }
}
