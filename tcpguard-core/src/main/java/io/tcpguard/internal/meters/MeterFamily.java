/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One meter: all series of one name.
 *
 * @param name in lower case, with dots, as Micrometer has it
 * @param kind what it is
 * @param unit its base unit; empty if it has none
 * @param help one line, no full stop
 * @param otel what OpenTelemetry's semantic conventions call it; empty if they don't
 * @param tags the names of its tags
 * @param fixed the series that are there from the start
 * @param each the values of a listener's series; null if it has none for each listener
 */
public record MeterFamily(
        String name,
        MeterKind kind,
        String unit,
        String help,
        String otel,
        List<String> tags,
        List<Series> fixed,
        @Nullable OfListener each) {

    /** What a meter is. */
    public enum MeterKind {
        /** A value that goes up and down. */
        GAUGE,
        /** Only grows, from 0 at the building of the guard. */
        COUNTER,
        /** How often, and how long in all, in seconds. */
        TIMER
    }

    /**
     * One series.
     *
     * @param values of the tags, in their order
     * @param value NaN if it is not known; of a timer the seconds in all
     * @param count of a timer how often; else not asked
     */
    public record Series(
            List<String> values, ToDoubleFunction<MeterSource> value, ToDoubleFunction<MeterSource> count) {}

    /** Makes the series of a listener. */
    @FunctionalInterface
    public interface OfListener {
        /** By its name. */
        Series series(String listener);
    }

    /** The series of these listeners; none if it has none for each listener. */
    public List<Series> of(List<String> listeners) {
        List<Series> series = new ArrayList<>();
        OfListener make = each;
        if (make != null) {
            for (String listener : listeners) {
                series.add(make.series(listener));
            }
        }
        return series;
    }
}
