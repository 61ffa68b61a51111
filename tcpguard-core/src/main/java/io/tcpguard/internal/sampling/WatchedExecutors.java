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
    private final CanaryPace pace = new CanaryPace();
    private final IdentityHashMap<Executor, Canary> canaries = new IdentityHashMap<>();

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
        Canary canary = canaries.get(executor);
        if (canary == null) {
            canary = new Canary(name, executor);
            canaries.put(executor, canary);
            cycle.add(canary.probe);
        }
        canary.users++;
        if (listener != null) {
            listener.servedBy(canary.watch);
        }
        return new Use(canary, listener);
    }

    private synchronized void end(Canary canary, @Nullable ListenerWatch listener) {
        if (listener != null) {
            listener.notServedBy(canary.watch);
        }
        if (--canary.users == 0) {
            canaries.remove(canary.executor);
            cycle.remove(canary.probe);
        }
    }

    private final class Canary {
        final Executor executor;
        final Watch watch;
        final GuardedProbe probe;
        int users;

        Canary(String name, Executor executor) {
            this.executor = executor;
            WorkCanary canary =
                    new WorkCanary(executor, config.nanos(Setting.MAX_WORK_DELAY), pace, AwakeTime::nanoTime);
            watch = new Watch(Signal.WORK_DELAY, name, canary::returned, config);
            probe = new GuardedProbe(canary, watch, false);
        }
    }

    private final class Use implements WatchedWork {
        private final Canary canary;
        private final @Nullable ListenerWatch listener;
        private final AtomicBoolean ended = new AtomicBoolean();

        Use(Canary canary, @Nullable ListenerWatch listener) {
            this.canary = canary;
            this.listener = listener;
        }

        @Override
        public Admission admitRequest(@Nullable InetAddress source) {
            boolean refuse = canary.watch.stalled()
                    && !stale.getAsBoolean()
                    && !(source != null && Network.anyContains(allow, source));
            return refuse ? Admission.RESPOND : Admission.ADMIT;
        }

        @Override
        public void close() {
            if (ended.compareAndSet(false, true)) {
                end(canary, listener);
            }
        }
    }
}
