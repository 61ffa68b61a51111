/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.internal.meters.MeterFamily.MeterKind;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.state.ListenerStatus;
import java.util.List;

/**
 * The meters as Prometheus reads them: text format 0.0.4, or OpenMetrics 1.0. Names are those that Micrometer's
 * registry for Prometheus makes, so that dashboards and alerts are the same for both.
 */
public final class PrometheusText {
    /** Characters of a tag's value. A listener's name is the server's. */
    private static final int LONGEST_VALUE = 100;

    private static final int USUAL_LENGTH = 16 * 1024;

    private final StringBuilder out = new StringBuilder(USUAL_LENGTH);
    private final boolean openMetrics;

    private PrometheusText(boolean openMetrics) {
        this.openMetrics = openMetrics;
    }

    /** The Content-Type. */
    public static String contentType(boolean openMetrics) {
        return openMetrics
                ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                : "text/plain; version=0.0.4; charset=utf-8";
    }

    /** All meters; what is told of listeners is bounded by {@link MeterTable#MOST_LISTENERS}. */
    public static String of(MeterSource source, boolean openMetrics) {
        List<String> listeners = source.status().listeners().stream()
                .map(ListenerStatus::name)
                .distinct()
                .limit(MeterTable.MOST_LISTENERS)
                .toList();
        PrometheusText text = new PrometheusText(openMetrics);
        for (MeterFamily family : MeterTable.ALL) {
            text.family(family, listeners, source);
        }
        return text.out.append(openMetrics ? "# EOF\n" : "").toString();
    }

    /** The name in Prometheus, without the suffix of a sample. */
    static String name(MeterFamily family) {
        String name = family.name().replace('.', '_');
        return family.unit().isEmpty() || name.endsWith("_" + family.unit()) ? name : name + '_' + family.unit();
    }

    /** All names that samples of this family have. */
    public static List<String> sampleNames(MeterFamily family) {
        String name = name(family);
        return switch (family.kind()) {
            case GAUGE -> List.of(name);
            case COUNTER -> List.of(name + "_total");
            case TIMER -> List.of(name + "_count", name + "_sum");
        };
    }

    private void family(MeterFamily family, List<String> listeners, MeterSource source) {
        List<Series> each = family.of(listeners);
        if (family.fixed().isEmpty() && each.isEmpty()) {
            return;
        }
        String name = name(family);
        // OpenMetrics names a counter without the suffix of its sample.
        String head = family.kind() == MeterKind.COUNTER && !openMetrics ? name + "_total" : name;
        out.append("# HELP ").append(head).append(' ').append(family.help()).append('\n');
        out.append("# TYPE ")
                .append(head)
                .append(' ')
                .append(type(family.kind()))
                .append('\n');
        for (Series series : family.fixed()) {
            samples(family, name, series, source);
        }
        for (Series series : each) {
            samples(family, name, series, source);
        }
    }

    private static String type(MeterKind kind) {
        return switch (kind) {
            case GAUGE -> "gauge";
            case COUNTER -> "counter";
            case TIMER -> "summary";
        };
    }

    private void samples(MeterFamily family, String name, Series series, MeterSource source) {
        double value = series.value().applyAsDouble(source);
        switch (family.kind()) {
            case GAUGE -> sample(name, "", family.tags(), series.values(), value);
            case COUNTER -> sample(name, "_total", family.tags(), series.values(), value);
            case TIMER -> {
                double count = series.count().applyAsDouble(source);
                sample(name, "_count", family.tags(), series.values(), count);
                sample(name, "_sum", family.tags(), series.values(), value);
            }
        }
    }

    private void sample(String name, String suffix, List<String> tags, List<String> values, double value) {
        out.append(name).append(suffix);
        for (int i = 0; i < tags.size(); i++) {
            out.append(i == 0 ? '{' : ',').append(tags.get(i)).append("=\"");
            escaped(values.get(i));
            out.append('"');
        }
        out.append(tags.isEmpty() ? " " : "} ");
        number(value);
        out.append('\n');
    }

    private void escaped(String value) {
        int length = Math.min(value.length(), LONGEST_VALUE);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
            }
        }
    }

    private void number(double value) {
        if (Double.isNaN(value)) {
            out.append("NaN");
        } else if (Double.isInfinite(value)) {
            out.append(value > 0 ? "+Inf" : "-Inf");
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value);
        } else {
            out.append(value);
        }
    }
}
