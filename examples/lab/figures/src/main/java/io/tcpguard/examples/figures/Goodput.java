/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import io.tcpguard.examples.demo.load.Counts;
import io.tcpguard.examples.demo.load.Load;
import io.tcpguard.examples.demo.load.LoadPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What users get from servers that are offered more connections than they have descriptors for: the same users each
 * time, who would all fit, and so many abnormal clients beside them that sit on a connection each. All servers play at
 * once, with the same clients.
 *
 * @param factors of the connections that a stock server has room for, that are offered to each
 * @param calmSeconds while the users log in
 * @param floodRampSeconds while the abnormal clients come
 * @param seconds that are counted from then on
 */
record Goodput(List<Double> factors, int calmSeconds, int floodRampSeconds, int seconds) {
    static final Goodput STANDARD = new Goodput(List.of(1.0, 1.3, 2.0, 10.0), 17, 3, 30);

    private static final int DESCRIPTORS = 256;
    private static final int WORK_MILLIS = 10;
    /** What the guard keeps back at this limit; who sets a limit by hand keeps back as much. */
    private static final int RESERVE = 20;

    private static final double USERS = 0.6;
    private static final int LOOK_MILLIS = 100;

    private static final List<Contestant> CONTESTANTS = List.of(
            Contestant.GUARDED,
            Contestant.REFUSING_AT_ONCE,
            Contestant.STOCK,
            Contestant.MAX_CONNECTIONS,
            Contestant.CONCURRENCY_LIMITS,
            Contestant.JETTY,
            Contestant.JETTY_FITTED);

    /**
     * What users got of one server.
     *
     * @param sessions users in session, of those who would be
     * @param logins of those that would succeed
     * @param lost sessions that ended against the user's will
     */
    record Share(double sessions, double logins, long lost) {}

    /** Prints the table. */
    void print(Path directory, PrintStream out) throws IOException, InterruptedException {
        Map<Contestant, List<Share>> shares = new LinkedHashMap<>();
        List<String> offered = new ArrayList<>();
        int capacity = capacity(directory);
        for (double factor : factors) {
            LoadPlan plan = plan(capacity, factor);
            play(directory.resolve("goodput-" + factor), plan, capacity - RESERVE)
                    .forEach((contestant, share) -> shares.computeIfAbsent(contestant, unused -> new ArrayList<>())
                            .add(share));
            offered.add(String.format(Locale.ROOT, "%s× (%d + %d)", number(factor), plan.users(), plan.abusers()));
        }
        out.println("### What users get while others sit on connections");
        out.println();
        out.println("| offered (users + abnormal clients) | " + String.join(" | ", offered) + " |");
        out.println("|---|" + "---|".repeat(factors.size()));
        shares.forEach((contestant, row) -> out.println("| " + contestant.title() + " | "
                + row.stream().map(Goodput::cell).collect(Collectors.joining(" | ")) + " |"));
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "Users in session · logins, both as share of what is offered · sessions lost, in %d s. 1× is %d "
                        + "connections: %d "
                        + "descriptors less those of an idle stock server. `maxConnections` and NetworkConnectionLimit "
                        + "are set to %d.",
                seconds,
                capacity,
                DESCRIPTORS,
                capacity - RESERVE));
        out.println();
    }

    /** Connections that a stock server has descriptors for once it has served a request. */
    private static int capacity(Path directory) throws IOException, InterruptedException {
        try (Children children = new Children(directory.resolve("capacity"))) {
            Child stock = children.launch(Contestant.STOCK, DESCRIPTORS, 0, WORK_MILLIS);
            children.awaitReady();
            Knocks knocks = Knocks.knock(stock.address(), 1, 10);
            if (knocks.served() != 1) {
                throw new IOException("an idle server does not serve: " + knocks);
            }
            return DESCRIPTORS - stock.descriptors();
        }
    }

    private LoadPlan plan(int capacity, double factor) {
        int users = (int) (capacity * USERS);
        int abusers = (int) (capacity * factor) - users;
        int flood = millis(calmSeconds);
        return new LoadPlan(
                users,
                flood,
                abusers,
                flood,
                millis(floodRampSeconds),
                flood + millis(floodRampSeconds + seconds + 10));
    }

    private Map<Contestant, Share> play(Path directory, LoadPlan plan, int connections)
            throws IOException, InterruptedException {
        try (Children children = new Children(directory)) {
            List<Child> servers = new ArrayList<>();
            for (Contestant contestant : CONTESTANTS) {
                servers.add(children.launch(contestant, DESCRIPTORS, connections, WORK_MILLIS));
            }
            children.awaitReady();
            try (Load load = new Load(plan, servers.stream().map(Child::address).toList())) {
                load.start();
                Thread.sleep(millis(calmSeconds + floodRampSeconds));
                return count(plan, load);
            }
        }
    }

    private Map<Contestant, Share> count(LoadPlan plan, Load load) throws InterruptedException {
        List<Counts> before = counts(load);
        double[] inSession = new double[CONTESTANTS.size()];
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        int looks = 0;
        while (System.nanoTime() - end < 0) {
            Thread.sleep(LOOK_MILLIS);
            looks++;
            for (int i = 0; i < inSession.length; i++) {
                inSession[i] += load.counts(i).inSession();
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        List<Counts> after = counts(load);
        Map<Contestant, Share> shares = new LinkedHashMap<>();
        for (int i = 0; i < inSession.length; i++) {
            long logins = after.get(i).logins() - before.get(i).logins();
            shares.put(
                    CONTESTANTS.get(i),
                    new Share(
                            inSession[i] / looks / plan.sessionsOffered(),
                            logins / took / plan.loginsOffered(),
                            after.get(i).lost() - before.get(i).lost()));
        }
        return shares;
    }

    private static List<Counts> counts(Load load) {
        List<Counts> all = new ArrayList<>();
        for (int i = 0; i < CONTESTANTS.size(); i++) {
            all.add(load.counts(i));
        }
        return all;
    }

    private static String cell(Share share) {
        return String.format(
                Locale.ROOT, "%.0f %% · %.0f %% · %d", share.sessions() * 100, share.logins() * 100, share.lost());
    }

    private static String number(double factor) {
        return factor == Math.rint(factor) ? String.valueOf((long) factor) : String.valueOf(factor);
    }

    private static int millis(int seconds) {
        return seconds * 1000;
    }
}
