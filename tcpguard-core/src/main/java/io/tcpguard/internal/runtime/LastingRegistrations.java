/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import java.io.Closeable;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What adapters have registered and not closed. A guard that is stopped and started while its servers run on has lost
 * its counts: without them every client's connection would be a leak. So all that still lives is registered again. Any
 * thread.
 */
final class LastingRegistrations {
    /** One of them. */
    interface Lasting {
        /** The run of the guard that it was registered with is over, or about to be. */
        void over();

        /** Another run has begun. Never throws. */
        void begun();
    }

    /** Of all guards of the process that were started and not closed. Replaced as a whole. */
    private static volatile LastingRegistrations[] guards = {};

    private final Set<Lasting> all = ConcurrentHashMap.newKeySet();
    /** Replaced as a whole: a sample reads it. Guarded by {@link #all} when written. */
    private volatile LastingListener[] listeners = {};

    private final Supplier<RunState> runs;

    /** @param runs what runs now */
    LastingRegistrations(Supplier<RunState> runs) {
        this.runs = runs;
    }

    GuardedListener listen(String name, int port, ListenerControl control) {
        LastingListener listener = new LastingListener(name, port, control, runs, this::remove);
        RunState with = listener.register();
        synchronized (all) {
            listeners =
                    Stream.concat(Arrays.stream(listeners), Stream.of(listener)).toArray(LastingListener[]::new);
        }
        return added(listener, with);
    }

    private void remove(LastingListener gone) {
        all.remove(gone);
        synchronized (all) {
            listeners = Arrays.stream(listeners).filter(each -> each != gone).toArray(LastingListener[]::new);
        }
    }

    /**
     * Connections of other guards' clients. The descriptors are one limit for all guards of a process, as of two
     * application contexts: to each of them these are clients, not a leak. Allocates nothing.
     */
    int heldByOthers() {
        int held = 0;
        for (LastingRegistrations each : guards) {
            held += each == this ? 0 : each.held();
        }
        return held;
    }

    private int held() {
        int held = 0;
        for (LastingListener each : listeners) {
            held += each.held();
        }
        return held;
    }

    Closeable watchWork(String name, Executor executor) {
        LastingWatch watch = new LastingWatch(name, executor, runs, all::remove);
        return added(watch, watch.register());
    }

    /** A stop that comes in between has not seen it. */
    private <T extends Lasting> T added(T fresh, RunState with) {
        all.add(fresh);
        if (runs.get() != with) {
            fresh.over();
        }
        return fresh;
    }

    /** Among the guards whose clients others hear of. */
    private void list(boolean listed) {
        synchronized (LastingRegistrations.class) {
            Stream<LastingRegistrations> others = Arrays.stream(guards).filter(each -> each != this);
            guards = (listed ? Stream.concat(others, Stream.of(this)) : others).toArray(LastingRegistrations[]::new);
        }
    }

    /** To be called when nothing runs any more, as far as {@code runs} says. */
    void over() {
        all.forEach(Lasting::over);
    }

    /** To be called when another run has begun. */
    void begun() {
        list(true);
        all.forEach(Lasting::begun);
    }

    /** The guard is closed for good. */
    void forget() {
        list(false);
        all.clear();
    }
}
