/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each shipped configuration, byte for byte, run by keepalived on a real IPVS director: what it makes of a guarded
 * server.
 */
@Tag("long")
class KeepalivedTest {
    /** The script's exit code when the machine lacks something. */
    private static final int MISSING = 3;

    /** Not in the table at all. */
    private static final int GONE = -1;

    private final Path directory;

    KeepalivedTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @CsvSource({
        "http-get.conf, healthPort=8081",
        "udp-check.conf, udpPort=8082",
        "tcp-check.conf, healthPort=8081 closeHealthWhenDown=true"
    })
    void takesTheServersNewConnectionsAwayWhileItIsDownAndGivesThemBack(String configuration, String settings)
            throws Exception {
        try (Cluster cluster = new Cluster(configuration, 1, settings)) {
            cluster.await("in", w -> w == 100);

            cluster.operator("drain");
            cluster.await("out", w -> w != 100);
            cluster.operator("resume");
            cluster.await("in again", w -> w == 100);

            // Weight 0, not removal: the established connections are served to their end.
            assertThat(cluster.weights).containsExactly(100, 0, 100);
        }
    }

    @Test
    void givesTheWeightThatTheGuardTellsAndFollowsItsRamp() throws Exception {
        try (Cluster cluster = new Cluster("misc-check.conf", 1, "healthPort=8081")) {
            // keepalived begins with the weight that is configured; the server's own is what its JVM leaves of 256
            // descriptors.
            int whole = cluster.await("known", w -> w < 100 && w >= 70);

            cluster.operator("leak 80");
            assertThat(cluster.await("less", w -> w <= whole - 20)).isPositive();

            cluster.operator("drain");
            cluster.await("out", w -> w <= 0);
            cluster.operator("mend");
            cluster.operator("resume");
            // The guard's steps have a hysteresis, so the way back may end one below.
            cluster.await("whole again", w -> w >= whole - 10);

            assertThat(cluster.weights).doesNotContain(GONE).allMatch(w -> w % 10 == 0);
            List<Integer> ramp = cluster.weights.subList(cluster.weights.lastIndexOf(0), cluster.weights.size());
            assertThat(ramp).isSorted().hasSizeGreaterThanOrEqualTo(4);
            assertThat(ramp.get(1)).as("the first weight after DOWN").isLessThanOrEqualTo(whole / 2);
        }
    }

    /** A leak that all of them have is no reason for all to leave, an operator's word is. */
    @Test
    void letsOneOfFiveLeaveForACauseThatAllOfThemJudge() throws Exception {
        try (Cluster cluster = new Cluster("misc-check.conf", 5, "healthPort=8081")) {
            cluster.awaitAll("known", all -> all.size() == 5 && all.stream().allMatch(w -> w >= 70 && w < 100));

            // Five servers start, and so do the director's first checks, which may be late for it.
            cluster.fewestIn = Integer.MAX_VALUE;
            cluster.operator("drip 6");
            cluster.awaitAll("one out, four with weight 1", all -> all.equals(List.of(0, 1, 1, 1, 1)));
            // A few checks later it is the same.
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(10));
            assertThat(cluster.all()).as(() -> cluster.text("keepalived.log")).isEqualTo(List.of(0, 1, 1, 1, 1));

            cluster.operator("mend");
            cluster.awaitAll("whole again", all -> all.stream().allMatch(w -> w >= 60));
            assertThat(cluster.fewestIn)
                    .as(() -> "servers with a weight at any time:\n" + cluster.text("keepalived.log"))
                    .isEqualTo(4);

            cluster.operator("drain");
            cluster.awaitAll("all out", all -> all.equals(List.of(0, 0, 0, 0, 0)));
        }
    }

    /** Servers and their director; the test is their operator. */
    private final class Cluster implements AutoCloseable {
        /** Each weight that the server had in the director's table, without repetitions. */
        private final List<Integer> weights = new ArrayList<>();

        private final Process script;

        private final int servers;
        private int fewestIn = Integer.MAX_VALUE;

        Cluster(String configuration, int servers, String settings) throws IOException {
            this.servers = servers;
            List<String> command = new ArrayList<>(List.of(
                    System.getProperty("lvs.checked"),
                    configuration,
                    directory.toString(),
                    System.getProperty("java.class.path"),
                    Integer.toString(servers)));
            command.addAll(List.of(settings.split(" ", -1)));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output").toFile());
            builder.environment().put("TMPDIR", directory.toString());
            script = builder.start();
        }

        void operator(String word) throws IOException {
            script.getOutputStream().write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            script.getOutputStream().flush();
        }

        /** The weights of those that run, from the least on. */
        List<Integer> all() throws IOException {
            return IpvsTable.newest(text("ipvs.log")).servers().stream()
                    .filter(s ->
                            Integer.parseInt(s.address().substring(s.address().lastIndexOf('.') + 1)) <= 10 + servers)
                    .map(IpvsTable.Server::weight)
                    .sorted()
                    .toList();
        }

        void awaitAll(String what, Predicate<List<Integer>> condition) throws IOException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
            while (!condition.test(all())) {
                alive();
                if (System.nanoTime() - until > 0) {
                    throw new AssertionError("waited in vain until it is " + what + ": weights " + all() + "\n"
                            + text("keepalived.log") + text("server1.log"));
                }
                int in = (int) all().stream().filter(w -> w > 0).count();
                fewestIn = all().size() == servers ? Math.min(fewestIn, in) : fewestIn;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }

        private void alive() throws IOException {
            if (!script.isAlive()) {
                assumeTrue(script.exitValue() != MISSING, "needs what the replay needs: " + text("output"));
                throw new AssertionError("the cluster ended: " + text("output") + text("server1.log"));
            }
        }

        int await(String what, IntPredicate condition) throws IOException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (true) {
                alive();
                int weight = IpvsTable.newest(text("ipvs.log")).servers().stream()
                        .filter(s -> s.address().equals("10.0.0.11"))
                        .mapToInt(IpvsTable.Server::weight)
                        .findFirst()
                        .orElse(GONE);
                boolean begun = !weights.isEmpty() || weight != GONE;
                if (begun && (weights.isEmpty() || weights.get(weights.size() - 1) != weight)) {
                    weights.add(weight);
                }
                if (begun && condition.test(weight)) {
                    return weight;
                }
                if (System.nanoTime() - until > 0) {
                    throw new AssertionError("waited in vain until it is " + what + ": weights " + weights + "\n"
                            + text("keepalived.log") + text("server1.log"));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }

        private String text(String file) {
            Path path = directory.resolve(file);
            try {
                return Files.exists(path) ? Files.readString(path) : "";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            // The script takes everything it started with it.
            script.destroy();
            try {
                script.waitFor(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
