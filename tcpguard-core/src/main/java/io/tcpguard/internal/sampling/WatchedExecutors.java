/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The executors that are watched, each once, however many listeners it works for. Safe from any thread. */
public final class WatchedExecutors {
    private final GuardConfig config;
    private final List<Network> allow;
    private final SamplingCycle cycle;
    private final BooleanSupplier stale;
    private final ProbeTaskPace pace = new ProbeTaskPace();
    private final IdentityHashMap<Executor, WatchedExecutor> executors = new IdentityHashMap<>();

    /**
     * None is watched yet.
     *
     * @param stale whether the newest sample is too old to go by
     */
    public WatchedExecutors(GuardConfig config, SamplingCycle cycle, BooleanSupplier stale) {
        this.config = config;
        allow = config.networks(Setting.ALLOW);
        this.cycle = cycle;
        this.stale = stale;
    }

    /**
     * Watches it from now on.
     *
     * @param listener whom it works for; null: the whole process
     */
    public synchronized WatchedWork watch(String name, Executor executor, @Nullable ListenerWatch listener) {
        WatchedExecutor watched = executors.get(executor);
        if (watched == null) {
            watched = new WatchedExecutor(name, executor);
            executors.put(executor, watched);
            cycle.add(watched.probe);
        }
        watched.users++;
        if (listener != null) {
            listener.servedBy(watched.watch);
        }
        return new Use(watched, listener);
    }

    private synchronized void end(WatchedExecutor watched, @Nullable ListenerWatch listener) {
        if (listener != null) {
            listener.notServedBy(watched.watch);
        }
        if (--watched.users == 0) {
            executors.remove(watched.executor);
            cycle.remove(watched.probe);
        }
    }

    private final class WatchedExecutor {
        final Executor executor;
        final Watch watch;
        final GuardedProbe probe;
        int users;

        WatchedExecutor(String name, Executor executor) {
            this.executor = executor;
            ExecutorDelayProbe delay =
                    new ExecutorDelayProbe(executor, config.nanos(Setting.MAX_WORK_DELAY), pace, AwakeTime::nanoTime);
            watch = new Watch(Signal.WORK_DELAY, name, delay::returned, config);
            probe = new GuardedProbe(delay, watch, false);
        }
    }

    private final class Use implements WatchedWork {
        private final WatchedExecutor watched;
        private final @Nullable ListenerWatch listener;
        private final AtomicBoolean ended = new AtomicBoolean();

        Use(WatchedExecutor watched, @Nullable ListenerWatch listener) {
            this.watched = watched;
            this.listener = listener;
        }

        @Override
        public Admission admitRequest(@Nullable InetAddress source) {
            boolean refuse = watched.watch.stalled()
                    && !stale.getAsBoolean()
                    && !(source != null && Network.anyContains(allow, source));
            return refuse ? Admission.RESPOND : Admission.ADMIT;
        }

        @Override
        public void close() {
            if (ended.compareAndSet(false, true)) {
                end(watched, listener);
            }
        }
    }
}
