/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.io.HealthStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One seed: a server, its clients and what befalls them. The same seed with the same faults is the same trial, to the
 * last bit.
 */
final class GuardTrial {
    private static final int BACK_BY = 75_000;
    private static final long CHECKED_EVERY = 2 * Timeline.SECOND;
    private static final String ALLOWED = "10.9.0.0/16";
    private static final long[] PERIODS = {20, 50, 100};
    private static final int[] LIMITS = {64, 100, 200, 256, 300};

    /** What was broken, and by what. */
    record Broken(long seed, List<Integer> faults, String plan, Invariant invariant, String how) {
        /** To run it again. */
        String line() {
            StringBuilder numbers = new StringBuilder();
            faults.forEach(
                    each -> numbers.append(numbers.length() == 0 ? "" : ",").append(each));
            return "-Dtcpguard.seed=" + seed + " -Dtcpguard.faults=" + numbers;
        }

        @Override
        public String toString() {
            return "\nbroken: " + invariant + ", " + invariant.sentence + "\n  " + how + "\n  " + plan + "\n  again: "
                    + line() + '\n';
        }
    }

    private final long seed;
    private final List<Fault> faults;

    GuardTrial(long seed) {
        this.seed = seed;
        faults = Fault.draw(new SplittableRandom(seed));
    }

    /** The faults' numbers. */
    List<Integer> all() {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < faults.size(); i++) {
            numbers.add(i);
        }
        return numbers;
    }

    /** Runs it with these faults only. */
    @Nullable Broken run(List<Integer> with) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean allows = faults.stream().anyMatch(fault -> fault.kind() == FaultKind.ALLOWED_ONES);
        GuardConfig config = config(random.split(), allows);
        long limit = LIMITS[random.nextInt(LIMITS.length)];
        World world =
                new World(config, config.nanos(Setting.SAMPLE_PERIOD), limit, 4 + random.nextInt(8), random.split());
        Population population = new Population(world, random.split());
        Troubles troubles = new Troubles(world, population);
        for (int number : new TreeSet<>(with)) {
            troubles.plan(faults.get(number), new SplittableRandom(seed * 31 + number));
        }
        world.time.after(random.nextLong(CHECKED_EVERY), () -> check(world));
        String how = play(world, population);
        Invariant broken = world.witness.broken();
        return broken == null ? null : new Broken(seed, with, plan(with, limit, config), broken, how);
    }

    private static String play(World world, Population population) {
        Witness witness = world.witness;
        try {
            for (int second = 1; second * 1000 <= BACK_BY && witness.broken() == null; second++) {
                world.time.runUntil(second * Timeline.SECOND);
            }
            int inSession = (int)
                    population.users().stream().filter(ModelClient::inSession).count();
            witness.calm(population.users().size(), inSession);
            population.allLeave();
            world.time.runUntil((BACK_BY / 1000 + 10) * Timeline.SECOND);
            witness.ended();
        } catch (RuntimeException | StackOverflowError e) {
            witness.broken(
                    Invariant.NOTHING_ESCAPES,
                    e + " at " + List.of(e.getStackTrace()).subList(0, 3));
        }
        return witness.detail();
    }

    private static void check(World world) {
        if (!world.frozen()) {
            HealthStatus status = world.guard.check();
            world.witness.told(status);
        }
        world.time.after(CHECKED_EVERY, () -> check(world));
    }

    private static GuardConfig config(SplittableRandom random, boolean allows) {
        Duration stalledAfter = Duration.ofSeconds(random.nextBoolean() ? 10 : 3);
        return new GuardConfig(Map.of(
                Setting.SAMPLE_PERIOD,
                Duration.ofMillis(PERIODS[random.nextInt(PERIODS.length)]),
                Setting.STALLED_AFTER,
                stalledAfter,
                Setting.ALLOW,
                allows ? Network.list(ALLOWED) : List.of(),
                Setting.BEHIND_PROXY,
                random.nextInt(6) == 0));
    }

    private String plan(List<Integer> with, long limit, GuardConfig config) {
        StringBuilder plan = new StringBuilder("limit " + limit + ", samplePeriod "
                + config.nanos(Setting.SAMPLE_PERIOD) / Timeline.MILLI + " ms, stalledAfter "
                + config.nanos(Setting.STALLED_AFTER) / Timeline.SECOND + " s"
                + (config.flag(Setting.BEHIND_PROXY) ? ", behind a proxy" : ""));
        with.forEach(number -> plan.append("; ").append(number).append(": ").append(faults.get(number)));
        return plan.toString();
    }

    /** The same fault with as few troubles as it needs. */
    static Broken shrunk(Broken broken) {
        Broken least = broken;
        GuardTrial trial = new GuardTrial(broken.seed());
        for (int number : broken.faults()) {
            List<Integer> fewer = new ArrayList<>(least.faults());
            fewer.remove((Integer) number);
            Broken again = trial.run(fewer);
            if (again != null && again.invariant() == broken.invariant()) {
                least = again;
            }
        }
        return least;
    }

    /** What the first seed that breaks something breaks, and how to run it again; for classes that are loaded apart. */
    static String firstBroken(long firstSeed, int seeds) {
        List<Broken> found = broken(firstSeed, seeds, 1);
        if (found.isEmpty()) {
            return "nothing in " + seeds + " seeds";
        }
        Broken least = found.get(0);
        boolean again =
                String.valueOf(new GuardTrial(least.seed()).run(least.faults())).equals(least.toString());
        return least.invariant() + " by " + least.line() + (again ? "" : ", which does not break it again");
    }

    /** The first seeds that break something, shrunk; at most a few. */
    static List<Broken> broken(long firstSeed, int seeds, int most) {
        List<Broken> found = new ArrayList<>();
        for (long seed = firstSeed; seed < firstSeed + seeds && found.size() < most; seed++) {
            GuardTrial trial = new GuardTrial(seed);
            Broken broken = trial.run(trial.all());
            if (broken != null) {
                found.add(shrunk(broken));
            }
        }
        return found;
    }
}
