/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.Limit;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.Trend;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** How the meters are read from what a guard tells of itself. NaN is what is not known. */
final class MeterValues {
    private MeterValues() {}

    enum Holder {
        OWN(Capacity::own),
        BROUGHT(Capacity::brought),
        OTHER(Capacity::other);

        @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
        private final Function<Capacity, Long> count;

        Holder(Function<Capacity, Long> count) {
            this.count = count;
        }

        double of(Capacity capacity) {
            return known(capacity, count);
        }
    }

    enum Growing {
        FLOOD,
        LEAK
    }

    /** Of two of one name, while a listener starts again, the newer one. */
    static ToDoubleFunction<MeterSource> of(String name, ToDoubleFunction<ListenerStatus> value) {
        return source -> {
            double found = Double.NaN;
            for (ListenerStatus listener : source.status().listeners()) {
                found = listener.name().equals(name) ? value.applyAsDouble(listener) : found;
            }
            return found;
        };
    }

    static double pressure(MeterSource source, Signal signal) {
        double highest = Double.NaN;
        for (var state : source.snapshot().signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == signal) {
                highest = Double.isNaN(highest) ? m.pressure() : Math.max(highest, m.pressure());
            }
        }
        return highest;
    }

    /** NaN if it is not known of any. */
    static double queued(MeterSource source) {
        double sum = Double.NaN;
        for (var state : source.snapshot().signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == Signal.ACCEPT_QUEUE) {
                sum = Double.isNaN(sum) ? m.used() : sum + m.used();
            }
        }
        return sum;
    }

    static double secondsLeft(MeterSource source, Growing what) {
        Trend trend = source.status().trend();
        boolean grows = trend.kind().name().equals(what.name());
        return grows && trend.secondsLeft() != Long.MAX_VALUE ? trend.secondsLeft() : Double.POSITIVE_INFINITY;
    }

    static boolean binds(Capacity capacity, Limit limit) {
        return capacity.slots() != ConnectionLimits.NONE && capacity.binding() == limit;
    }

    static double slots(long slots) {
        return slots == ConnectionLimits.NONE ? Double.NaN : slots;
    }

    static double known(Capacity capacity, Function<Capacity, Long> count) {
        return capacity.known() ? count.apply(capacity) : Double.NaN;
    }

    static double number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    static double one(boolean is) {
        return is ? 1 : 0;
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
