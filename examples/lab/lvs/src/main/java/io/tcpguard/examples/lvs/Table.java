/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** All runs in figures, a column each, as a Markdown table that is legible as it stands. Pure. */
final class Table {
    private static final int LABEL = 52;
    private static final int COLUMN = 26;

    private Table() {}

    static String markdown(List<Trace> traces) {
        Plan plan = traces.get(0).plan();
        String noun = plan.incident().noun();
        List<String> lines = new ArrayList<>();
        lines.add(row("", traces, Trace::title));
        lines.add("| " + "-".repeat(LABEL) + " |" + (" " + "-".repeat(COLUMN) + " |").repeat(traces.size()));
        lines.add(row(
                "DOWN / UP events",
                traces,
                t -> t.events().down() + " / " + t.events().up()));
        lines.add(row("seconds with fewer than " + plan.servers() + " servers in", traces, t -> in(t, plan.servers())));
        lines.add(row("seconds with none in", traces, t -> in(t, 1)));
        lines.add(row("users in session before the " + noun, traces, t -> users(t.before())));
        lines.add(row("... in the " + noun + ", mean", traces, t -> share(t, t.flood(), Second::inSession)));
        lines.add(row("... in its last third", traces, t -> share(t, lastThird(t), Second::inSession)));
        lines.add(row("logins a second before the " + noun, traces, t -> users(t.before(), Second::logins)));
        lines.add(row("... in the " + noun, traces, t -> share(t, t.flood(), Second::logins)));
        lines.add(row("login attempts failed in the " + noun, traces, Table::failed));
        lines.add(row("sessions lost, whole run", traces, t -> "" + sum(t.seconds(), Second::lost)));
        lines.add(row("recovered for good, after the " + noun + "'s end", traces, Table::recovered));
        lines.add(row("\"Too many open files\" in the servers' logs", traces, t -> "" + t.emfileLines()));
        lines.add(row(
                "descriptors at most (limit " + plan.limit() + "), once a second",
                traces,
                t -> ""
                        + t.seconds().stream()
                                .mapToInt(Second::descriptors)
                                .max()
                                .orElse(0)));
        lines.add(row(
                "connections alive at most, as the director believes",
                traces,
                t -> "" + t.seconds().stream().mapToInt(Second::active).max().orElse(0)));
        return String.join("\n", lines) + "\n";
    }

    private static String row(String label, List<Trace> traces, Function<Trace, String> figure) {
        return traces.stream()
                .map(t -> String.format(Locale.ROOT, " %-" + COLUMN + "s |", figure.apply(t)))
                .collect(Collectors.joining("", String.format(Locale.ROOT, "| %-" + LABEL + "s |", label), ""));
    }

    private static String in(Trace trace, int fewerThan) {
        return "" + trace.seconds().stream().filter(s -> s.in() < fewerThan).count();
    }

    private static List<Second> lastThird(Trace trace) {
        Plan plan = trace.plan();
        return trace.between(plan.floodUntil() - (plan.floodUntil() - plan.floodAt()) / 3, plan.floodUntil());
    }

    private static String users(List<Second> seconds) {
        return users(seconds, Second::inSession);
    }

    private static String users(List<Second> seconds, ToLongFunction<Second> figure) {
        return "" + Math.round(Trace.mean(seconds, figure));
    }

    /** A mean, and its share of what it was before the flood. */
    private static String share(Trace trace, List<Second> seconds, ToLongFunction<Second> figure) {
        double before = Trace.mean(trace.before(), figure);
        double mean = Trace.mean(seconds, figure);
        String share = before == 0 ? "-" : Math.round(100 * mean / before) + " %";
        return Math.round(mean) + " (" + share + ")";
    }

    private static String failed(Trace trace) {
        long failed = sum(trace.flood(), Second::failures);
        long all = failed + sum(trace.flood(), Second::logins);
        return all == 0 ? "none made" : Math.round(100.0 * failed / all) + " %";
    }

    private static String recovered(Trace trace) {
        return trace.recovered().isPresent() ? trace.recovered().getAsInt() + " s" : "not within the run";
    }

    private static long sum(List<Second> seconds, ToLongFunction<Second> figure) {
        return seconds.stream().mapToLong(figure).sum();
    }
}
