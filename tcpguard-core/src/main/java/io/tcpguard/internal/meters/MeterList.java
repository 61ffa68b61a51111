/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.internal.meters.MeterFamily.MeterKind;
import io.tcpguard.internal.meters.MeterFamily.OfListener;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.state.ListenerStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Meters as they are collected, one call for each. One thread. */
final class MeterList {
    private static final String LISTENER = "listener";

    private final List<MeterFamily> all = new ArrayList<>();

    /** Those collected so far, in the order of their names. */
    List<MeterFamily> sorted() {
        all.sort(Comparator.comparing(MeterFamily::name));
        return List.copyOf(all);
    }

    void add(MeterFamily family) {
        all.add(family);
    }

    @FunctionalInterface
    interface Tagged<E> {
        double value(MeterSource source, E tag);
    }

    <E extends Enum<E>> void tagged(
            String name, String unit, String help, String otel, String tag, E[] values, Tagged<E> value) {
        List<Series> series = new ArrayList<>();
        for (E each : values) {
            series.add(series(List.of(MeterValues.tag(each)), s -> value.value(s, each)));
        }
        all.add(new MeterFamily(name, MeterKind.GAUGE, unit, help, otel, List.of(tag), series, null));
    }

    void gauge(String name, String unit, String help, String otel, ToDoubleFunction<MeterSource> value) {
        all.add(new MeterFamily(
                name, MeterKind.GAUGE, unit, help, otel, List.of(), List.of(series(List.of(), value)), null));
    }

    void counter(String name, String unit, String help, ToDoubleFunction<MeterSource> value) {
        all.add(new MeterFamily(
                name, MeterKind.COUNTER, unit, help, "", List.of(), List.of(series(List.of(), value)), null));
    }

    void listener(String name, String unit, String help, ToDoubleFunction<ListenerStatus> value) {
        OfListener each = listener -> series(List.of(listener), MeterValues.of(listener, value));
        all.add(new MeterFamily(name, MeterKind.GAUGE, unit, help, "", List.of(LISTENER), List.of(), each));
    }

    static Series series(List<String> values, ToDoubleFunction<MeterSource> value) {
        return new Series(values, value, s -> Double.NaN);
    }
}
