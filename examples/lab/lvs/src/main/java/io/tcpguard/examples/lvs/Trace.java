/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * One run, seen from outside.
 *
 * @param title for people
 * @param events of keepalived, from the start of the load on
 * @param emfileLines lines in the servers' logs that say that no descriptor was left
 */
record Trace(String title, Plan plan, List<Second> seconds, CheckLog.Events events, long emfileLines) {
    private static final String SECONDS = "seconds.csv";
    private static final String RUN = "run.properties";

    Trace {
        seconds = List.copyOf(seconds);
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("seconds=[] (expected: at least one)");
        }
    }

    /** Seconds from {@code after} (not with it) to {@code until} (with it). */
    List<Second> between(int after, int until) {
        return seconds.stream().filter(s -> s.at() > after && s.at() <= until).toList();
    }

    /** The last quarter before the flood, when all users are in. */
    List<Second> before() {
        return between(plan.floodAt() - Math.max(2, plan.floodAt() / 4), plan.floodAt());
    }

    List<Second> flood() {
        return between(plan.floodAt(), plan.floodUntil());
    }

    static double mean(List<Second> seconds, ToLongFunction<Second> figure) {
        return seconds.stream().mapToLong(figure).average().orElse(0);
    }

    /**
     * Seconds from the flood's end until 95 % of the former users are in session, for the rest of the run; empty: not.
     */
    OptionalInt recovered() {
        double enough = .95 * mean(before(), Second::inSession);
        int since = -1;
        for (Second second : between(plan.floodUntil(), Integer.MAX_VALUE)) {
            if (second.inSession() < enough) {
                since = -1;
            } else if (since < 0) {
                since = second.at();
            }
        }
        return since < 0 ? OptionalInt.empty() : OptionalInt.of(since - plan.floodUntil());
    }

    void store(Path directory) throws IOException {
        List<String> lines = new ArrayList<>(List.of(Second.HEADER));
        seconds.forEach(s -> lines.add(s.csv()));
        Files.write(directory.resolve(SECONDS), lines);
        Properties run = new Properties();
        run.setProperty("title", title);
        run.setProperty("incident", plan.incident().option());
        run.setProperty("servers", "" + plan.servers());
        run.setProperty("limit", "" + plan.limit());
        run.setProperty("seconds", "" + plan.seconds());
        run.setProperty("down", "" + events.down());
        run.setProperty("up", "" + events.up());
        try (Writer out = Files.newBufferedWriter(directory.resolve(RUN))) {
            run.store(out, null);
        }
    }

    static Trace load(Path directory) throws IOException {
        Properties run = new Properties();
        try (Reader in = Files.newBufferedReader(directory.resolve(RUN))) {
            run.load(in);
        }
        List<Second> seconds;
        try (Stream<String> lines = Files.lines(directory.resolve(SECONDS))) {
            seconds = lines.skip(1).map(Second::parse).toList();
        }
        return new Trace(
                run.getProperty("title"),
                Plan.of(
                        Incident.of(run.getProperty("incident")),
                        number(run, "servers"),
                        number(run, "limit"),
                        number(run, "seconds")),
                seconds,
                new CheckLog.Events(number(run, "down"), number(run, "up")),
                emfileLines(directory));
    }

    private static int number(Properties run, String name) {
        return Integer.parseInt(run.getProperty(name));
    }

    private static long emfileLines(Path directory) throws IOException {
        long lines = 0;
        try (var logs = Files.newDirectoryStream(directory, "rs*.log")) {
            for (Path log : logs) {
                try (Stream<String> text = Files.lines(log)) {
                    lines += text.filter(l -> l.contains("Too many open files")).count();
                }
            }
        }
        return lines;
    }
}
