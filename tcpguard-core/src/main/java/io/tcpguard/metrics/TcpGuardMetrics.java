/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tcpguard.TcpGuard;
import io.tcpguard.internal.meters.MeterFamily;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.meters.MeterTable;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Binds a guard's numbers to a registry. Gauges read the newest snapshot; what happens in an episode is in counters,
 * since a server without descriptors can't be scraped through its own port while it lasts. The health port's {@code
 * /metrics} has the same meters, and is answered even then.
 *
 * <p>What is not known is NaN, never 0.
 *
 * <p>Several guards may be bound to one registry if their tags differ. The meters of a listener follow it: they come
 * with the first scrape after it came, and go likewise.
 */
public final class TcpGuardMetrics implements MeterBinder, AutoCloseable {
    private static final String LISTENERS = "tcpguard.listeners";

    private final TcpGuard guard;
    private final Tags tags;
    private final MeterSource source;
    private final List<Binding> bindings = new ArrayList<>();

    /** Meters of this guard, without further tags. */
    public TcpGuardMetrics(TcpGuard guard) {
        this(guard, Tags.empty());
    }

    /**
     * Meters of this guard.
     *
     * @param tags put on each of them
     */
    public TcpGuardMetrics(TcpGuard guard, Iterable<Tag> tags) {
        this.guard = Objects.requireNonNull(guard, "guard");
        this.tags = Tags.of(tags);
        this.source = new Live(guard);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Binding binding = new Binding(registry);
        synchronized (bindings) {
            bindings.add(binding);
        }
        binding.bind();
    }

    /** Removes its meters from all registries that they were bound to. */
    @Override
    public void close() {
        synchronized (bindings) {
            bindings.forEach(Binding::remove);
            bindings.clear();
        }
    }

    /** One registry's. */
    private final class Binding {
        private final MeterRegistry registry;
        private final List<Meter> fixed = new ArrayList<>();
        private final List<Meter> ofListeners = new ArrayList<>();
        private Set<String> listeners = Set.of();
        private boolean removed;

        Binding(MeterRegistry registry) {
            this.registry = registry;
        }

        synchronized void bind() {
            for (MeterFamily family : MeterTable.ALL) {
                for (Series series : family.fixed()) {
                    fixed.add(
                            family.name().equals(LISTENERS)
                                    ? gauge(family, new Series(series.values(), s -> follow(), series.count()))
                                    : register(family, series));
                }
            }
            follow();
        }

        /** Called at each scrape, by the meter that tells how many listeners there are. */
        private synchronized double follow() {
            List<ListenerStatus> now = source.status().listeners();
            Set<String> names = new TreeSet<>();
            for (ListenerStatus listener : now) {
                if (names.size() < MeterTable.MOST_LISTENERS) {
                    names.add(listener.name());
                }
            }
            if (!removed && !names.equals(listeners)) {
                listeners = names;
                ofListeners.forEach(registry::remove);
                ofListeners.clear();
                for (MeterFamily family : MeterTable.ALL) {
                    family.of(List.copyOf(names)).forEach(series -> ofListeners.add(register(family, series)));
                }
            }
            return now.size();
        }

        synchronized void remove() {
            removed = true;
            fixed.forEach(registry::remove);
            ofListeners.forEach(registry::remove);
        }

        private Meter register(MeterFamily family, Series series) {
            return switch (family.kind()) {
                case GAUGE -> gauge(family, series);
                case COUNTER ->
                    FunctionCounter.builder(
                                    family.name(), guard, g -> series.value().applyAsDouble(source))
                            .tags(tags(family, series))
                            .baseUnit(family.unit().isEmpty() ? null : family.unit())
                            .description(family.help())
                            .register(registry);
                case TIMER ->
                    FunctionTimer.builder(
                                    family.name(),
                                    guard,
                                    g -> (long) series.count().applyAsDouble(source),
                                    g -> series.value().applyAsDouble(source),
                                    TimeUnit.SECONDS)
                            .tags(tags(family, series))
                            .description(family.help())
                            .register(registry);
            };
        }

        private Meter gauge(MeterFamily family, Series series) {
            if (family.unit().equals("seconds")) {
                return TimeGauge.builder(family.name(), guard, TimeUnit.SECONDS, g -> series.value()
                                .applyAsDouble(source))
                        .tags(tags(family, series))
                        .description(family.help())
                        .register(registry);
            }
            return Gauge.builder(family.name(), guard, g -> series.value().applyAsDouble(source))
                    .tags(tags(family, series))
                    .baseUnit(family.unit().isEmpty() ? null : family.unit())
                    .description(family.help())
                    .register(registry);
        }

        private Tags tags(MeterFamily family, Series series) {
            Tags all = tags;
            for (int i = 0; i < family.tags().size(); i++) {
                all = all.and(family.tags().get(i), series.values().get(i));
            }
            return all;
        }
    }

    /** The guard, asked anew each time. */
    private record Live(TcpGuard guard) implements MeterSource {
        @Override
        public GuardSnapshot snapshot() {
            return guard.snapshot();
        }

        @Override
        public GuardStatus status() {
            return guard.status();
        }

        @Override
        public RefusalCounters shed() {
            return guard.shed();
        }
    }
}
