/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.linux.DescriptorSurvey;
import io.tcpguard.internal.linux.SurveyedDescriptors;
import io.tcpguard.internal.probe.HeldDescriptors;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Trend;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The name of a leak: when descriptors grow and connections do not, or something other than connections raises the
 * level, the log says which descriptors grew most since the start. On a thread of its own for each look, once a minute
 * at most while it lasts.
 */
final class LeakFinder implements Runnable {
    private static final GuardLog LOG = GuardLog.of(LeakFinder.class);
    private static final int TOLD = 5;
    private static final long BUDGET = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long AGAIN = TimeUnit.MINUTES.toNanos(1);
    private static final long SAID_AGAIN = TimeUnit.MINUTES.toNanos(10);
    /** Pools are full and classes are loaded by then: what is there is there to stay. */
    private static final long WARM = TimeUnit.MINUTES.toNanos(2);

    private final DescriptorSurvey survey;
    private final NanoClock clock;
    private final Consumer<String> log;
    private final long start;
    private volatile SurveyedDescriptors atStart = SurveyedDescriptors.NONE;
    private volatile List<HeldDescriptors> held = List.of();
    private volatile boolean underWay;
    private volatile boolean warm;
    private volatile long nextAt;
    private volatile boolean suspected;
    private boolean said;
    private long saidAt;
    private boolean complained;

    /** @param log told what leaks */
    LeakFinder(DescriptorSurvey survey, NanoClock clock, Consumer<String> log) {
        this.survey = survey;
        this.clock = clock;
        this.log = log;
        start = clock.nanoTime();
        nextAt = start;
    }

    /** Before the guard runs: what is compared with, and all classes that a look needs are loaded by it. */
    void first() {
        atStart = survey.take(BUDGET);
        sentence(atStart.top(SurveyedDescriptors.NONE, TOLD));
    }

    /** Looks if there is reason to. The sampler's thread. */
    void sampled(GuardSnapshot snapshot, long now) {
        boolean suspicious = suspicious(snapshot);
        boolean warming = !warm && now - start >= WARM && snapshot.level() == Level.NORMAL;
        if (underWay || now - nextAt < 0 || !(suspicious || warming)) {
            return;
        }
        underWay = true;
        suspected = suspicious;
        try {
            Thread thread = new Thread(this, "tcpguard-leak");
            thread.setDaemon(true);
            thread.start();
        } catch (RuntimeException | Error e) {
            // No thread can be made just now.
            nextAt = now + AGAIN;
            underWay = false;
        }
    }

    private static boolean suspicious(GuardSnapshot snapshot) {
        if (snapshot.rehearsal()) {
            return false;
        }
        if (snapshot.trend().kind() == Trend.Kind.LEAK) {
            return true;
        }
        Capacity capacity = snapshot.capacity();
        return snapshot.level().atLeast(Level.ELEVATED)
                && (snapshot.leading() == Signal.DESCRIPTORS || snapshot.leading() == Signal.SYSTEM_FILES)
                && capacity.other() > capacity.own() + capacity.brought();
    }

    @Override
    public void run() {
        try {
            SurveyedDescriptors now = survey.take(BUDGET);
            if (suspected) {
                List<HeldDescriptors> top = now.top(atStart, TOLD);
                held = top;
                tell(top);
            } else {
                warm = true;
                atStart = now;
            }
        } catch (RuntimeException | Error e) {
            // At the limit of descriptors anything may fail; the next look may be luckier.
            if (!complained) {
                complained = true;
                LOG.warn("tcpguard: could not look what the descriptors are", e);
            }
        } finally {
            if (suspected || !warm) {
                nextAt = clock.nanoTime() + AGAIN;
            }
            underWay = false;
        }
    }

    private void tell(List<HeldDescriptors> top) {
        long now = clock.nanoTime();
        if (!top.isEmpty() && (!said || now - saidAt >= SAID_AGAIN)) {
            said = true;
            saidAt = now;
            log.accept(sentence(top));
        }
    }

    private static String sentence(List<HeldDescriptors> top) {
        return "the descriptors that grew most since the start: "
                + top.stream().map(HeldDescriptors::inWords).collect(Collectors.joining(", "));
    }

    /** What grew most, by the last look that had a reason; empty if there was none. Any thread. */
    List<HeldDescriptors> held() {
        return held;
    }

    /** The same in a sentence. Any thread. */
    List<String> remarks() {
        List<HeldDescriptors> top = held;
        return top.isEmpty() ? List.of() : List.of(sentence(top));
    }
}
