package io.tcpguard.examples.figures;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Throughput and latency of the same Tomcat with and without the guard, while nothing is wrong. Both run side by side and are
 * asked in turn, A B B A, so that what changes slowly on the machine falls on both; new processes in each round, since two JVMs
 * never compile the same way.
 *
 * @param rounds of new processes
 * @param pairs of runs in a round
 * @param seconds that a run takes
 * @param warmUpSeconds before that, for each server
 */
record Throughput(int rounds, int pairs, int seconds, int warmUpSeconds) {
    static final Throughput STANDARD = new Throughput(3, 4, 7, 7);

    private static final int CONNECTIONS = 16;
    private static final int DESCRIPTORS = 1024;

    /** Prints the table. */
    void print(Path directory, PrintStream out) throws IOException, InterruptedException {
        out.println("### Throughput and latency while nothing is wrong");
        out.println();
        if (!Wrk.present()) {
            out.println("Not measured: there is no `wrk` here (Debian's package of that name).");
            out.println();
            return;
        }
        Map<Contestant, List<Wrk.Result>> results = new EnumMap<>(Contestant.class);
        results.put(Contestant.STOCK, new ArrayList<>());
        results.put(Contestant.GUARDED, new ArrayList<>());
        for (int round = 0; round < rounds; round++) {
            play(directory.resolve("throughput-" + round), results);
        }
        List<Wrk.Result> stock = results.getOrDefault(Contestant.STOCK, List.of());
        List<Wrk.Result> guarded = results.getOrDefault(Contestant.GUARDED, List.of());
        out.println("| Tomcat " + TomcatServer.version() + " | requests/s | p50 µs | p99 µs |");
        out.println("|---|---|---|---|");
        out.println(row(Contestant.STOCK.title(), stock));
        out.println(row(Contestant.GUARDED.title(), guarded));
        out.println(String.format(
                Locale.ROOT,
                "| **ratio of the pairs: median (least to most)** | %s | %s | %s |",
                ratio(guarded, stock, Wrk.Result::perSecond),
                ratio(guarded, stock, Wrk.Result::p50),
                ratio(guarded, stock, Wrk.Result::p99)));
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "Medians of %d pairs of runs of %d s in turn, new processes after each %d; `wrk` with one thread and %d connections, "
                        + "Tomcat's own keep-alive of 100 requests.",
                rounds * pairs,
                seconds,
                pairs,
                CONNECTIONS));
        out.println();
    }

    private void play(Path directory, Map<Contestant, List<Wrk.Result>> results)
            throws IOException, InterruptedException {
        try (Children children = new Children(directory)) {
            Map<Contestant, Child> servers = new EnumMap<>(Contestant.class);
            for (Contestant contestant : results.keySet()) {
                servers.put(contestant, children.launch(contestant, DESCRIPTORS, 0, 0));
            }
            children.awaitReady();
            for (Child server : servers.values()) {
                Wrk.run(server.address(), CONNECTIONS, warmUpSeconds);
            }
            List<Contestant> order = new ArrayList<>(results.keySet());
            for (int pair = 0; pair < pairs; pair++) {
                for (Contestant contestant : order) {
                    Child server = servers.get(contestant);
                    List<Wrk.Result> found = results.get(contestant);
                    if (server != null && found != null) {
                        found.add(Wrk.run(server.address(), CONNECTIONS, seconds));
                    }
                }
                Collections.reverse(order);
            }
        }
    }

    private static String row(String title, List<Wrk.Result> results) {
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %,.0f |",
                title,
                middle(results, Wrk.Result::perSecond),
                middle(results, Wrk.Result::p50),
                middle(results, Wrk.Result::p99));
    }

    private static double middle(List<Wrk.Result> results, ToDoubleFunction<Wrk.Result> what) {
        return Median.of(results.stream().map(what::applyAsDouble).toList()).middle();
    }

    private static String ratio(List<Wrk.Result> guarded, List<Wrk.Result> stock, ToDoubleFunction<Wrk.Result> what) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < stock.size(); i++) {
            ratios.add(what.applyAsDouble(guarded.get(i)) / what.applyAsDouble(stock.get(i)));
        }
        Median median = Median.of(ratios);
        return String.format(Locale.ROOT, "%.3f (%.3f–%.3f)", median.middle(), median.least(), median.most());
    }
}
