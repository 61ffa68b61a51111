/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What adapters have registered and not closed. A guard that is stopped and started while its servers run on has lost
 * its books: without them every client's connection would be a leak. So all that still lives is registered again. Any
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

    private final Set<Lasting> all = ConcurrentHashMap.newKeySet();
    private final Supplier<RunState> runs;

    /** @param runs what runs now */
    LastingRegistrations(Supplier<RunState> runs) {
        this.runs = runs;
    }

    GuardedListener listen(String name, int port, ListenerControl control) {
        LastingListener listener = new LastingListener(name, port, control, runs, all::remove);
        return added(listener, listener.register());
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

    /** To be called when nothing runs any more, as far as {@code runs} says. */
    void over() {
        all.forEach(Lasting::over);
    }

    /** To be called when another run has begun. */
    void begun() {
        all.forEach(Lasting::begun);
    }

    /** The guard is closed for good. */
    void forget() {
        all.clear();
    }
}
