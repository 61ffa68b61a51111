/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import io.tcpguard.examples.demo.Svg;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * All runs as one SVG, one above the other on the same scales: servers in, users in session, logins, lost sessions.
 * Pure.
 */
final class Picture {
    private static final int WIDTH = 960;
    private static final int LEFT = 120;
    private static final int RIGHT = 24;
    private static final int TOP = 80;
    private static final int PANEL = 306;

    private static final String INK = "#1f2933";
    private static final String FAINT = "#616e7c";
    private static final String GRID = "#e4e7eb";
    private static final String FLOOD = "#f3e3c9";

    /** One strip of a panel. */
    private record Strip(String name, int top, int height, String colour, ToLongFunction<Second> figure) {}

    private static final List<Strip> STRIPS = List.of(
            new Strip("servers in", 0, 40, "#3f9b58", Second::in),
            new Strip("users in session", 50, 80, "#2f80c3", Second::inSession),
            new Strip("logins/s", 140, 45, "#6b5b95", Second::logins),
            new Strip("sessions lost/s", 195, 40, "#c8102e", Second::lost));

    private final List<Trace> traces;
    private final Plan plan;
    private final Svg svg;

    Picture(List<Trace> traces) {
        this.traces = List.copyOf(traces);
        this.plan = traces.get(0).plan();
        this.svg = new Svg(
                WIDTH,
                TOP + PANEL * traces.size(),
                "The same incident on the same LVS cluster",
                traces.stream().map(t -> t.title() + ": " + verdict(t)).reduce("", (a, b) -> a + b + ". "));
    }

    String svg() {
        svg.label(LEFT, 30, "The same incident on the same LVS cluster", words(20, INK) + " font-weight=\"bold\"");
        svg.label(
                LEFT,
                50,
                plan.servers() + " servers of " + plan.limit() + " descriptors behind IPVS; "
                        + plan.load().users() + " users log in and stay; "
                        + (plan.load().abusers() > 0 ? plan.load().abusers() + " " : "")
                        + plan.incident().what() + " (shaded)",
                words(12, FAINT));
        int top = TOP;
        for (Trace trace : traces) {
            panel(top, trace);
            top += PANEL;
        }
        return svg.done();
    }

    private void panel(int top, Trace trace) {
        svg.label(LEFT, top + 8, trace.title(), words(15, INK) + " font-weight=\"bold\"");
        svg.label(LEFT, top + 23, verdict(trace), words(12, FAINT));
        int first = top + 30;
        for (Strip strip : STRIPS) {
            strip(first + strip.top(), strip, trace);
        }
        Strip last = STRIPS.get(STRIPS.size() - 1);
        for (int second = 0; second <= plan.seconds(); second += plan.seconds() > 120 ? 20 : 5) {
            svg.label(
                    x(second),
                    first + last.top() + last.height() + 13,
                    second + " s",
                    words(10, FAINT) + " text-anchor=\"middle\"");
        }
    }

    private void strip(int top, Strip strip, Trace trace) {
        long most = Math.max(
                1,
                traces.stream()
                        .flatMap(t -> t.seconds().stream())
                        .mapToLong(strip.figure())
                        .max()
                        .orElse(1));
        int bottom = top + strip.height();
        svg.rect(x(plan.floodAt()), top, x(plan.floodUntil()) - x(plan.floodAt()), strip.height(), FLOOD);
        svg.line(LEFT, top, WIDTH - RIGHT, top, "stroke=\"" + GRID + "\"");
        svg.line(LEFT, bottom, WIDTH - RIGHT, bottom, "stroke=\"" + FAINT + "\"");
        svg.label(LEFT - 8, top + 10, Long.toString(most), words(10, FAINT) + " text-anchor=\"end\"");
        svg.label(LEFT - 8, bottom, strip.name(), words(11, INK) + " text-anchor=\"end\"");
        // Each second is a column, so that one bad second is seen as such.
        for (Second second : trace.seconds()) {
            double height = (double) strip.height() * strip.figure().applyAsLong(second) / most;
            if (height > 0) {
                svg.rect(x(second.at() - 1), bottom - height, x(1) - x(0), height, strip.colour());
            }
        }
    }

    private static String verdict(Trace trace) {
        long lost = trace.seconds().stream().mapToLong(Second::lost).sum();
        double before = Trace.mean(trace.before(), Second::inSession);
        double flood = Trace.mean(trace.flood(), Second::inSession);
        return "DOWN events: " + trace.events().down() + " \u00b7 " + lost + " sessions lost \u00b7 users in session: "
                + Math.round(before) + " before the " + trace.plan().incident().noun() + ", " + Math.round(flood)
                + " in it";
    }

    private double x(int second) {
        return LEFT + (double) second / plan.seconds() * (WIDTH - LEFT - RIGHT);
    }

    private static String words(int size, String fill) {
        return String.format(Locale.ROOT, "font-size=\"%d\" fill=\"%s\"", size, fill);
    }
}
