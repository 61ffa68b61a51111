/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.state.DownBy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A fleet of equal servers at 65 % of their slots, troubles at random, then calm; and what must be true of it all the
 * time. The same seed is the same trial.
 */
final class FleetTrial {
    private static final long TICK = 250_000_000L;
    private static final double TICKS_PER_SECOND = 4;
    private static final long LIMIT = 256;
    private static final int SLOTS = 226;
    private static final double LOAD = 0.65;
    private static final int TROUBLE_FROM = 40;
    private static final int TROUBLE_UNTIL = 280;
    /** A hold (5 s, doubled from the fourth failure on), a check with its retries, and a second for current. */
    private static final int BACK_AFTER = 20;

    private static final int EVEN_AFTER = 30;
    private static final double EVEN = 1.3;

    /** Of one server (a number) or of all (-1), from second to second; on and off every so many seconds, or 0. */
    private record Trouble(String what, int server, double from, double until, double every) {
        boolean on(double second) {
            return second >= from && second < until && (every == 0 || (second - from) % (2 * every) < every);
        }
    }

    private final String line;
    private final Random random;
    private final List<FleetServer> servers = new ArrayList<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private final FleetDirector director;
    private int outside;

    FleetTrial(long seed, int count, FleetDirector.Kind kind) {
        random = new Random(seed);
        GuardConfig config = GuardConfig.defaults();
        for (int i = 0; i < count; i++) {
            servers.add(new FleetServer(LIMIT, config));
        }
        director = new FleetDirector(kind, servers, random);
        outside = (int) (count * SLOTS * LOAD);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            troubles.add(trouble(count));
        }
        line = "seed " + seed + ", " + count + " servers, " + kind + ": " + troubles + "\n  again: new FleetTrial("
                + seed + "L, " + count + ", FleetDirector.Kind." + kind + ").run()";
    }

    private Trouble trouble(int count) {
        String what = List.of("hang", "hang", "leak", "dead", "drained").get(random.nextInt(5));
        boolean shared = random.nextInt(2) == 0 && !what.equals("dead") && !what.equals("drained");
        double from = TROUBLE_FROM + random.nextInt(60);
        double lasts = 2 + random.nextInt((int) (TROUBLE_UNTIL - from - 2));
        double every = what.equals("hang") && random.nextInt(2) == 0 ? 3 + random.nextInt(20) : 0;
        return new Trouble(what, shared ? -1 : random.nextInt(count), from, from + lasts, every);
    }

    /** What was broken, with the line to run it again; empty: nothing. */
    String run() {
        String broken = "";
        int seconds = TROUBLE_UNTIL + BACK_AFTER + EVEN_AFTER;
        for (long tick = 1; tick <= seconds * (long) TICKS_PER_SECOND && broken.isEmpty(); tick++) {
            double second = tick / TICKS_PER_SECOND;
            befall(second);
            load();
            for (FleetServer server : servers) {
                server.step(tick * TICK);
            }
            director.check(tick * TICK);
            broken = director.broken.isEmpty() ? tooManyOut() : director.broken;
            if (broken.isEmpty() && second == TROUBLE_UNTIL + BACK_AFTER && director.in() < servers.size()) {
                broken = (servers.size() - director.in()) + " are out " + BACK_AFTER + " s after all was well";
            }
        }
        if (broken.isEmpty()) {
            int most = servers.stream().mapToInt(s -> s.users).max().orElseThrow();
            int least = servers.stream().mapToInt(s -> s.users).min().orElseThrow();
            broken = most > EVEN * least + 2 ? "users of equal servers in calm: " + least + " to " + most : "";
        }
        return broken.isEmpty() ? "" : broken + "\n  " + line;
    }

    /** Where the director counts. */
    private String tooManyOut() {
        int judged = 0;
        for (int i = 0; i < servers.size(); i++) {
            judged += director.noted[i] == DownBy.SIGNALS && director.weights[i] == 0 ? 1 : 0;
        }
        return judged > Math.max(1, servers.size() / 3) ? judged + " are out by judgement" : "";
    }

    private void befall(double second) {
        for (int i = 0; i < servers.size(); i++) {
            FleetServer server = servers.get(i);
            boolean leaks = false;
            server.hangs = false;
            server.dead = false;
            server.drained = false;
            for (Trouble trouble : troubles) {
                if ((trouble.server() == i || trouble.server() < 0) && trouble.on(second)) {
                    server.hangs |= trouble.what().equals("hang");
                    server.dead |= trouble.what().equals("dead");
                    server.drained |= trouble.what().equals("drained");
                    leaks |= trouble.what().equals("leak");
                }
            }
            server.leaked = leaks ? Math.min(210, server.leaked + 1) : 0;
        }
    }

    /** Users stay 20 s, bear 5 s without an answer, wait 4.5 s for a slot, and come back a second after any end. */
    private void load() {
        for (int i = 0; i < servers.size(); i++) {
            FleetServer server = servers.get(i);
            int leave = some(server.users, server.hangs ? 5 : server.dead ? 5 : 20);
            int giveUp = some(server.waiting, 4.5);
            server.users -= leave;
            server.gaveUp(giveUp);
            outside += leave + giveUp;
        }
        int come = some(outside, 1);
        PriorityQueue<Integer> wlc = new PriorityQueue<>(Comparator.comparingDouble(this::cost));
        for (int i = 0; i < servers.size(); i++) {
            if (director.weights[i] > 0) {
                wlc.add(i);
            }
        }
        for (; come > 0 && !wlc.isEmpty(); come--) {
            int chosen = wlc.remove();
            servers.get(chosen).waiting++;
            outside--;
            wlc.add(chosen);
        }
        servers.forEach(FleetServer::admit);
    }

    private double cost(int i) {
        FleetServer server = servers.get(i);
        return (server.users + server.waiting + 1.0) / director.weights[i];
    }

    /** Of so many, whom it befalls in this tick if it befalls each once in so many seconds. */
    private int some(int of, double seconds) {
        double expected = of / (seconds * TICKS_PER_SECOND);
        return (int) expected + (random.nextDouble() < expected - Math.floor(expected) ? 1 : 0);
    }
}
