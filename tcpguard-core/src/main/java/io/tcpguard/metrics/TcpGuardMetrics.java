/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Binds a guard's numbers to a registry. Gauges read the newest snapshot; what happens in an episode is in counters, since a server
 * without descriptors can't be scraped while it lasts.
 *
 * <p>A signal that can't be read has a pressure of NaN, never 0.
 */
public final class TcpGuardMetrics implements MeterBinder {
    private final TcpGuard guard;
    private final AtomicLong levels = new AtomicLong();
    private final AtomicLong flips = new AtomicLong();

    /** Meters of this guard. */
    public TcpGuardMetrics(TcpGuard guard) {
        this.guard = Objects.requireNonNull(guard, "guard");
        // Here, since there may be several registries to bind to.
        guard.onTransition(this::count);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("tcpguard.level", guard, g -> g.snapshot().level().ordinal())
                .description("0 normal, 1 trim, 2 shed, 3 drain")
                .register(registry);
        Gauge.builder("tcpguard.weight", guard, g -> g.snapshot().verdict().weight())
                .description("weight told to the load balancer, 0 when down")
                .register(registry);
        Gauge.builder("tcpguard.connections", guard, g -> g.snapshot()
                        .capacity()
                        .own())
                .description("connections of guarded listeners")
                .baseUnit("connections")
                .register(registry);
        Gauge.builder("tcpguard.usable", guard, g -> g.snapshot().capacity().usableShare())
                .description("share of the descriptor limit that is usable for clients")
                .register(registry);
        TimeGauge.builder("tcpguard.sample.age", guard, TimeUnit.NANOSECONDS, g -> g.status()
                        .sampleAge()
                        .toNanos())
                .description("age of the newest sample; grows when the sampler is late")
                .register(registry);
        TimeGauge.builder("tcpguard.idle.floor", guard, TimeUnit.NANOSECONDS, g -> g.status()
                        .idleFloor()
                        .toNanos())
                .description("minimum idle time: no connection idle for less is evicted")
                .register(registry);
        TimeGauge.builder("tcpguard.queue.wait", guard, TimeUnit.NANOSECONDS, g -> g.status()
                        .queueWait()
                        .toNanos())
                .description("longest time that new connections wait for a slot; shrinks where clients give up earlier")
                .register(registry);
        Gauge.builder("tcpguard.queue.length", guard, TcpGuardMetrics::queueLength)
                .description("connections in the accept queues of guarded listeners; in SHED they wait for a slot")
                .baseUnit("connections")
                .register(registry);
        FunctionCounter.builder("tcpguard.waited", guard, g -> g.status().waited())
                .description("connections that had to wait for a slot")
                .register(registry);
        for (Signal signal : Signal.values()) {
            Gauge.builder("tcpguard.pressure", guard, g -> pressure(g, signal))
                    .description("used share of a signal's limit; the highest, where there are several sources")
                    .tags("signal", tag(signal), "scope", tag(signal.scope()))
                    .register(registry);
        }
        for (RefusalCounters.Layer layer : RefusalCounters.Layer.values()) {
            for (RefusalCounters.Way way : RefusalCounters.Way.values()) {
                for (RefusalCounters.Cause cause : RefusalCounters.Cause.values()) {
                    FunctionCounter.builder("tcpguard.shed", guard.shed(), s -> s.of(layer, way, cause))
                            .description("refused connections and requests, evicted idle connections")
                            .tags(Tags.of("layer", tag(layer), "way", tag(way), "cause", tag(cause)))
                            .register(registry);
                }
            }
        }
        FunctionCounter.builder(
                        "tcpguard.connects.without.port", guard, g -> g.status().connectsWithoutPort())
                .description("outgoing connects that found no local port, as far as the application reports them")
                .register(registry);
        FunctionCounter.builder("tcpguard.level.transitions", levels, AtomicLong::get)
                .description("changes of level")
                .register(registry);
        FunctionCounter.builder("tcpguard.health.transitions", flips, AtomicLong::get)
                .description("changes of health between up and down")
                .register(registry);
    }

    private void count(Transition transition) {
        if (transition.before().level() != transition.after().level()) {
            levels.incrementAndGet();
        }
        if (transition.flipped()) {
            flips.incrementAndGet();
        }
    }

    private static double pressure(TcpGuard guard, Signal signal) {
        double highest = Double.NaN;
        for (var state : guard.snapshot().signals()) {
            if (state.reading().signal() == signal && state.reading() instanceof Reading.Measured m) {
                highest = Double.isNaN(highest) ? m.pressure() : Math.max(highest, m.pressure());
            }
        }
        return highest;
    }

    /** NaN if it is not known of any. */
    private static double queueLength(TcpGuard guard) {
        double sum = Double.NaN;
        for (var state : guard.snapshot().signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == Signal.ACCEPT_QUEUE) {
                sum = Double.isNaN(sum) ? m.used() : sum + m.used();
            }
        }
        return sum;
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
