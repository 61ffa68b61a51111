/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Throughput and latency of the same server with and without the guard, while nothing is wrong. Both run side by side
 * and are asked in turn, A B B A, so that what changes slowly on the machine falls on both; new processes in each
 * round, since two JVMs never compile the same way.
 *
 * @param rounds of new processes
 * @param pairs of runs in a round
 * @param seconds that a run takes
 * @param warmUpSeconds before that, for each server
 */
record Throughput(int rounds, int pairs, int seconds, int warmUpSeconds) {
    static final Throughput STANDARD = new Throughput(3, 4, 7, 7);
    /** For each transport: two of them take less than three minutes. */
    static final Throughput NETTY = new Throughput(2, 3, 4, 4);

    private static final int CONNECTIONS = 16;
    private static final int DESCRIPTORS = 1024;

    private static final Map<String, ToDoubleFunction<Run>> COLUMNS = new LinkedHashMap<>();
    private static final Map<String, ToDoubleFunction<Run>> WITH_PROCESSOR_TIME = new LinkedHashMap<>();

    static {
        COLUMNS.put("requests/s", run -> run.wrk.perSecond());
        COLUMNS.put("p50 µs", run -> run.wrk.p50());
        COLUMNS.put("p99 µs", run -> run.wrk.p99());
        WITH_PROCESSOR_TIME.put("requests per CPU second", run -> run.wrk.requests() / run.cpuSeconds);
        WITH_PROCESSOR_TIME.putAll(COLUMNS);
    }

    /** @param cpuSeconds the server's processor time */
    private record Run(Wrk.Result wrk, double cpuSeconds) {}

    /** Prints Tomcat's table. */
    void print(Path directory, PrintStream out) throws IOException, InterruptedException {
        out.println("### Throughput and latency while nothing is wrong");
        out.println();
        if (absent(out)) {
            return;
        }
        table(
                "Tomcat " + TomcatServer.version(),
                COLUMNS,
                runs(directory.resolve("throughput"), Transport.NIO, Contestant.STOCK, Contestant.GUARDED),
                out);
        explain("Tomcat's own keep-alive of 100 requests", out);
    }

    /** Prints Netty's table for this transport. */
    void printNetty(Transport transport, Path directory, PrintStream out) throws IOException, InterruptedException {
        out.println("#### Throughput and latency while nothing is wrong, " + transport);
        out.println();
        if (absent(out)) {
            return;
        }
        table(
                "Netty " + NettyServer.version() + ", " + transport,
                WITH_PROCESSOR_TIME,
                runs(directory.resolve("throughput"), transport, Contestant.NETTY, Contestant.NETTY_GUARDED),
                out);
        explain("connections kept alive", out);
    }

    private static boolean absent(PrintStream out) throws InterruptedException {
        if (Wrk.present()) {
            return false;
        }
        out.println("Not measured: there is no `wrk` here (Debian's package of that name).");
        out.println();
        return true;
    }

    private Map<Contestant, List<Run>> runs(Path directory, Transport transport, Contestant stock, Contestant guarded)
            throws IOException, InterruptedException {
        Map<Contestant, List<Run>> runs = new LinkedHashMap<>();
        runs.put(stock, new ArrayList<>());
        runs.put(guarded, new ArrayList<>());
        for (int round = 0; round < rounds; round++) {
            try (Children children = new Children(directory.resolve(Integer.toString(round)), transport)) {
                play(children, runs);
            }
        }
        return runs;
    }

    private void play(Children children, Map<Contestant, List<Run>> runs) throws IOException, InterruptedException {
        Map<Contestant, Child> servers = new EnumMap<>(Contestant.class);
        for (Contestant contestant : runs.keySet()) {
            servers.put(contestant, children.launch(contestant, DESCRIPTORS, 0, 0));
        }
        children.awaitReady();
        for (Child server : servers.values()) {
            Wrk.run(server.address(), CONNECTIONS, warmUpSeconds);
        }
        List<Contestant> order = new ArrayList<>(runs.keySet());
        for (int pair = 0; pair < pairs; pair++) {
            for (Contestant contestant : order) {
                Child server = servers.get(contestant);
                List<Run> found = runs.get(contestant);
                if (server != null && found != null) {
                    double before = server.cpuSeconds();
                    Wrk.Result result = Wrk.run(server.address(), CONNECTIONS, seconds);
                    found.add(new Run(result, server.cpuSeconds() - before));
                }
            }
            Collections.reverse(order);
        }
    }

    private static void table(
            String title,
            Map<String, ToDoubleFunction<Run>> columns,
            Map<Contestant, List<Run>> runs,
            PrintStream out) {
        out.println("| " + title + " | " + String.join(" | ", columns.keySet()) + " |");
        out.println("|---" + "|---".repeat(columns.size()) + "|");
        runs.forEach((contestant, found) -> {
            StringBuilder row = new StringBuilder("| " + contestant.title());
            columns.values().forEach(what -> row.append(String.format(Locale.ROOT, " | %,.0f", middle(found, what))));
            out.println(row + " |");
        });
        List<List<Run>> both = List.copyOf(runs.values());
        StringBuilder row = new StringBuilder("| **ratio of the pairs: median (least to most)**");
        columns.values().forEach(what -> row.append(" | ")
                .append(Median.ofRatios(each(both.get(1), what), each(both.get(0), what))));
        out.println(row + " |");
        out.println();
    }

    private void explain(String connections, PrintStream out) {
        out.println(String.format(
                Locale.ROOT,
                "Medians of %d pairs of runs of %d s in turn, new processes after each %d; `wrk` with one thread and "
                        + "%d connections, %s.",
                rounds * pairs,
                seconds,
                pairs,
                CONNECTIONS,
                connections));
        out.println();
    }

    private static double middle(List<Run> runs, ToDoubleFunction<Run> what) {
        return Median.of(each(runs, what)).middle();
    }

    private static List<Double> each(List<Run> runs, ToDoubleFunction<Run> what) {
        return runs.stream().map(what::applyAsDouble).toList();
    }
}
