/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** The run as one SVG: the stock server above, the guarded one below, the same scales. Pure. */
final class Picture {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 760;
    private static final int LEFT = 96;
    private static final int RIGHT = 24;
    private static final int PLOT = 210;
    private static final int FIRST_TOP = 134;
    private static final int SECOND_TOP = 452;
    private static final int BAND = 14;

    private static final String INK = "#1f2933";
    private static final String FAINT = "#616e7c";
    private static final String GRID = "#e4e7eb";
    private static final String FLOOD = "#f3e3c9";
    private static final String IN_SESSION = "#2f80c3";
    private static final String DESCRIPTORS = "#d9570f";
    private static final String LIMIT = "#b3001b";
    private static final String GOOD = "#3f9b58";
    private static final String BAD = "#c8102e";

    private final Schedule schedule;
    private final String server;
    private final Trace stock;
    private final Trace guarded;
    private final int most;
    private final Svg svg;

    Picture(Schedule schedule, String server, Trace stock, Trace guarded) {
        this.schedule = schedule;
        this.server = server.substring(0, 1).toUpperCase(Locale.ROOT) + server.substring(1);
        this.stock = stock;
        this.guarded = guarded;
        this.most = stock.limit() + stock.limit() / 8;
        this.svg =
                new Svg(WIDTH, HEIGHT, "The same flood on a stock " + this.server + " and on a guarded one", summary());
    }

    String svg() {
        svg.label(LEFT, 34, "The same flood on a stock " + server + " and on a guarded one", bold(20));
        svg.label(
                LEFT,
                56,
                schedule.load().users() + " users log in and stay; "
                        + schedule.load().abusers()
                        + " abnormal clients take connections and sit on them; each server may have "
                        + stock.limit() + " descriptors.",
                plain(13));
        legend();
        panel(FIRST_TOP, "Stock " + server, stock, false);
        panel(SECOND_TOP, "Guarded " + server, guarded, true);
        return svg.done();
    }

    private String summary() {
        return "Stock: " + verdict(stock) + ". Guarded: " + verdict(guarded) + ".";
    }

    /** What a reader should take away from a panel. */
    private String verdict(Trace trace) {
        String full = trace.ranOut() ? "out of descriptors" : "never out of descriptors";
        return full + " \u00b7 " + trace.checksFailed() + " of "
                + trace.checks().size() + " health checks failed \u00b7 "
                + trace.last().counts().lost() + " sessions lost \u00b7 users in session: "
                + trace.inSessionBefore(schedule.load().floodAt()) + " before the flood, "
                + trace.inSessionBefore(schedule.load().floodUntil()) + " at its end";
    }

    private void legend() {
        int y = 82;
        svg.line(LEFT, y - 4, LEFT + 24, y - 4, stroke(DESCRIPTORS, 2.5));
        svg.label(LEFT + 30, y, "descriptors open", plain(12));
        svg.rect(LEFT + 150, y - 10, 24, 12, "#bcd7ee");
        svg.label(LEFT + 180, y, "users in session", plain(12));
        svg.line(LEFT + 295, y - 4, LEFT + 319, y - 4, stroke(LIMIT, 1.5) + " stroke-dasharray=\"6 4\"");
        svg.label(LEFT + 325, y, "descriptor limit", plain(12));
        svg.rect(LEFT + 432, y - 10, 24, 12, FLOOD);
        svg.label(LEFT + 462, y, "flood", plain(12));
        svg.rect(LEFT + 512, y - 10, 12, 12, GOOD);
        svg.rect(LEFT + 524, y - 10, 12, 12, BAD);
        svg.label(LEFT + 542, y, "health check answered UP / failed", plain(12));
    }

    private void panel(int top, String name, Trace trace, boolean levels) {
        svg.label(LEFT, top - 22, name, bold(16));
        svg.label(LEFT, top - 6, verdict(trace), plain(12));
        svg.rect(
                x(schedule.load().floodAt()),
                top,
                x(schedule.load().floodUntil()) - x(schedule.load().floodAt()),
                PLOT,
                FLOOD);
        for (int value = 0; value <= most; value += 64) {
            svg.line(LEFT, y(top, value), WIDTH - RIGHT, y(top, value), stroke(value == 0 ? FAINT : GRID, 1));
            svg.label(LEFT - 8, y(top, value) + 4, Integer.toString(value), plain(11) + " text-anchor=\"end\"");
        }
        inSession(top, trace);
        svg.polyline(points(top, trace, Second::descriptors), "fill=\"none\" " + stroke(DESCRIPTORS, 2.5));
        limits(top, trace, levels);
        int band = top + PLOT + 6;
        health(band, trace);
        if (levels) {
            levels(band + BAND + 4, trace);
        }
        int axis = band + BAND + (levels ? BAND + 4 : 0) + 14;
        for (int second = 0; second * 1000 <= schedule.end(); second += 10) {
            svg.label(x(second * 1000L), axis, second + " s", plain(11) + " text-anchor=\"middle\"");
        }
    }

    private void inSession(int top, Trace trace) {
        String line = points(top, trace, s -> s.counts().inSession());
        List<Second> seconds = trace.seconds();
        String area = Svg.point(x(seconds.get(0).at()), y(top, 0)) + line + " "
                + Svg.point(x(trace.last().at()), y(top, 0));
        svg.polygon(area.strip(), "fill=\"" + IN_SESSION + "\" fill-opacity=\"0.4\"");
        svg.polyline(line, "fill=\"none\" " + stroke(IN_SESSION, 1.5));
    }

    private void limits(int top, Trace trace, boolean guard) {
        String dashes = " stroke-dasharray=\"6 4\"";
        double limit = y(top, trace.limit());
        svg.line(LEFT, limit, WIDTH - RIGHT, limit, stroke(LIMIT, 1.5) + dashes);
        svg.label(LEFT + 6, limit - 5, "limit " + trace.limit(), colour(11, LIMIT));
        if (guard) {
            double refusal = y(top, trace.admissionThreshold());
            // From here on a newcomer takes an idle one's slot or is refused.
            svg.line(LEFT, refusal, WIDTH - RIGHT, refusal, stroke(FAINT, 1) + " stroke-dasharray=\"2 3\"");
            svg.label(LEFT + 6, refusal + 12, "admission threshold " + trace.admissionThreshold(), colour(11, FAINT));
        }
    }

    /** One stripe for each check, until the next one. */
    private void health(int top, Trace trace) {
        svg.label(LEFT - 8, top + 11, "health", plain(11) + " text-anchor=\"end\"");
        List<Stripe> stripes = new ArrayList<>();
        for (Check check : trace.checks()) {
            stripes.add(new Stripe(check.at(), check.up() ? GOOD : BAD));
        }
        stripes(top, stripes);
    }

    private void levels(int top, Trace trace) {
        svg.label(LEFT - 8, top + 11, "level", plain(11) + " text-anchor=\"end\"");
        List<Stripe> stripes = new ArrayList<>();
        List<Stripe> names = new ArrayList<>();
        String last = "";
        for (Check check : trace.checks()) {
            String level = check.level();
            stripes.add(new Stripe(check.at(), colourOf(level)));
            if (!level.equals(last)) {
                names.add(new Stripe(check.at(), level));
            }
            last = level;
        }
        stripes(top, stripes);
        for (int i = 0; i < names.size(); i++) {
            double from = x(names.get(i).at());
            double to = i + 1 < names.size() ? x(names.get(i + 1).at()) : x(schedule.end());
            String name = names.get(i).value();
            // Only where it fits.
            if (to - from > 8 * name.length() + 8) {
                svg.label(from + 5, top + 11, name, colour(10, INK));
            }
        }
    }

    private static String colourOf(String level) {
        return switch (level) {
            case "NORMAL" -> "#cfe8d5";
            case "ELEVATED" -> "#f6e58d";
            case "SHED" -> "#f5b971";
            case "DRAIN" -> "#e08283";
            default -> "#d3d8de";
        };
    }

    private record Stripe(long at, String value) {}

    /** Neighbours of one colour are drawn as one. */
    private void stripes(int top, List<Stripe> stripes) {
        int i = 0;
        while (i < stripes.size()) {
            int next = i + 1;
            while (next < stripes.size()
                    && stripes.get(next).value().equals(stripes.get(i).value())) {
                next++;
            }
            double from = x(stripes.get(i).at());
            double to = next < stripes.size() ? x(stripes.get(next).at()) : x(schedule.end());
            svg.rect(from, top, to - from, BAND, stripes.get(i).value());
            i = next;
        }
    }

    private String points(int top, Trace trace, ToIntFunction<Second> value) {
        StringBuilder points = new StringBuilder();
        for (Second second : trace.seconds()) {
            points.append(Svg.point(x(second.at()), y(top, Math.max(0, value.applyAsInt(second)))));
        }
        return points.toString().strip();
    }

    private double x(long millis) {
        return LEFT + (double) Math.min(millis, schedule.end()) / schedule.end() * (WIDTH - LEFT - RIGHT);
    }

    private double y(int top, int value) {
        return top + PLOT - (double) Math.min(value, most) / most * PLOT;
    }

    private static String stroke(String colour, double width) {
        return String.format(Locale.ROOT, "stroke=\"%s\" stroke-width=\"%.1f\"", colour, width);
    }

    private static String plain(int size) {
        return colour(size, FAINT);
    }

    private static String bold(int size) {
        return colour(size, INK) + " font-weight=\"bold\"";
    }

    private static String colour(int size, String fill) {
        return "font-size=\"" + size + "\" fill=\"" + fill + "\"";
    }
}
