/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerCondition;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server of a fleet, its clients in numbers only, under the shipped engine. New connections wait while it is full or
 * its work is late, as the policy lets them.
 */
final class FleetServer {
    private static final int AT_REST = 20;
    private static final long SECOND = 1_000_000_000L;
    private static final double QUIET = 0.8;
    private static final long LONGEST_WAIT = 60_000;

    private final long limit;
    private final Engine engine;
    private final Watch descriptors;
    private final Watch queue;
    private final Watch work;
    private final List<Watch> watches;
    private final List<ListenerWatch> listeners;
    private long accepted;
    private long completed;
    private long returned;
    private long hangsSince = -1;
    private long steppedAt;

    // What befalls it.
    boolean hangs;
    boolean dead;
    boolean drained;
    int leaked;

    /** Clients in session, and those who wait for it. */
    int users;

    int waiting;

    FleetServer(long limit, GuardConfig config) {
        this.limit = limit;
        engine = new Engine(config, 0);
        descriptors = new Watch(Signal.DESCRIPTORS, "", config);
        queue = new Watch(Signal.ACCEPT_QUEUE, "http", config);
        work = new Watch(Signal.WORK_DELAY, "http-0", () -> returned, config);
        watches = List.of(descriptors, queue, work);
        ListenerWatch listener = new ListenerWatch("http", new Port(), queue, config, 0);
        listener.servedBy(work);
        listeners = List.of(listener);
    }

    Verdict verdict() {
        return engine.snapshot().verdict();
    }

    /** One look of the engine, in nanoseconds; where nothing happens, one a second is enough. */
    void step(long now) {
        boolean calm = !hangs && !dead && !drained && used() < QUIET * limit && quiet();
        if (calm && now - steppedAt < SECOND) {
            return;
        }
        steppedAt = now;
        if (!hangs) {
            hangsSince = -1;
            completed += users;
            returned++;
        } else if (hangsSince < 0) {
            hangsSince = now;
        }
        long late = hangsSince < 0 ? 2 : Math.min(LONGEST_WAIT, (now - hangsSince) / 1_000_000);
        descriptors.read(new Reading.Measured(Signal.DESCRIPTORS, Math.min(limit, used()), limit));
        queue.read(new Reading.Measured(Signal.ACCEPT_QUEUE, waiting, 4096));
        work.read(new Reading.Measured(Signal.WORK_DELAY, late, 500));
        @Nullable String operator = drained ? "deploy" : null;
        engine.step(watches, listeners, users, full(), operator, 0, now);
    }

    private boolean quiet() {
        GuardSnapshot last = engine.snapshot();
        return leaked == 0
                && hangsSince < 0
                && last.level() == Level.NORMAL
                && last.verdict().weight() == 100;
    }

    private long used() {
        return (long) AT_REST + users + leaked;
    }

    private boolean full() {
        Capacity capacity = engine.snapshot().capacity();
        return capacity.known() && used() >= capacity.admissionThreshold();
    }

    /** Those who may come in now do. */
    int admit() {
        int in = 0;
        while (waiting > 0 && !dead && !full() && listeners.get(0).state().refusal() == null) {
            waiting--;
            users++;
            accepted++;
            in++;
        }
        return in;
    }

    /** Refused by turn: the acceptor works. */
    void gaveUp(int clients) {
        waiting -= clients;
        accepted += dead ? 0 : clients;
    }

    private final class Port implements ListenerCondition {
        @Override
        public boolean accepting() {
            return !dead;
        }

        @Override
        public long accepts() {
            return accepted;
        }

        @Override
        public int held() {
            return users;
        }

        @Override
        public long completed() {
            return completed;
        }
    }
}
