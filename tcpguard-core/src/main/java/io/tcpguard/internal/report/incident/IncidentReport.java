/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Finding;
import io.tcpguard.advisor.Judgement;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.report.incident.Episode.Moment;
import io.tcpguard.internal.report.incident.Episode.RankKind;
import io.tcpguard.internal.text.Plain;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * "What happened?" in plain words: one episode told from its record, in several lines, each ended. Times are those of
 * the wall clock, to a millisecond; lengths are seconds. Pure: the time comes in.
 */
public final class IncidentReport {

    /** With more changes than twice this, the middle is left out. */
    private static final int SHOWN = 10;

    private static final int SETTINGS = 3;

    /** Usable share of the descriptors below which it was not connections that filled the server. */
    private static final double LEAK = 0.5;

    private static final double NANOS = 1e9;

    private final Episode episode;
    private final long lengthNanos;
    private final Instant began;
    private final Map<String, Finding> findings;
    private final StringBuilder out = new StringBuilder();

    private IncidentReport(Episode episode, long nowNanos, Instant now, List<Finding> findings) {
        this.episode = episode;
        this.lengthNanos = episode.over()
                ? episode.lengthNanos()
                : nowNanos - episode.first().atNanos();
        this.began = episode.began(nowNanos, now);
        this.findings = findings.stream().collect(Collectors.toMap(Finding::setting, f -> f));
    }

    /**
     * The report, several lines, each ended.
     *
     * @param nowNanos the time now, on the guard's clock
     * @param now the same by the wall clock
     * @param findings what {@link Advisor#examine} says of this machine, for the settings that would have given more
     *     room
     */
    public static String text(Episode episode, long nowNanos, Instant now, List<Finding> findings) {
        return new IncidentReport(episode, nowNanos, now, findings).text();
    }

    private String text() {
        summary();
        cause();
        course();
        refused();
        kernel();
        moreRoom();
        return out.toString();
    }

    private void summary() {
        line((episode.rehearsal() ? "A rehearsal: " : "What happened: ") + seconds(lengthNanos) + " of trouble"
                + (episode.over() ? "" : " so far") + ", up to " + episode.peak() + ", since " + began);
    }

    private void cause() {
        Signal signal = episode.leading(endNanos());
        line("  led by      "
                + (signal == null
                        ? byNoSignal(episode.worst().verdict().by())
                        : IncidentWords.of(signal) + " (" + signal + ")"));
        GuardSnapshot worst = episode.worst();
        line("              at its worst: " + worst.reason());
        if (worst.capacity().known()) {
            line("              " + worst.capacity().used() + " of "
                    + worst.capacity().limit() + " descriptors in use, "
                    + worst.capacity().own() + " by connections, "
                    + worst.capacity().other() + " by other things");
        }
        if (worst.capacity().slots() != ConnectionLimits.NONE) {
            line("              slots for connections: " + worst.capacity().slotsInWords());
        }
    }

    private static String byNoSignal(DownBy by) {
        return switch (by) {
            case OPERATOR -> "an operator";
            case LISTENER -> "a listener that did not serve";
            case NOBODY, SIGNALS -> "no single signal";
        };
    }

    private void course() {
        line("  course");
        List<Moment> moments = episode.moments();
        GuardSnapshot before = episode.before();
        for (int i = 0; i < moments.size(); i++) {
            Moment moment = moments.get(i);
            if (i == 1 && episode.lost() > 0) {
                line("              ... " + episode.lost() + " changes that were not kept ...");
            }
            if (i == SHOWN && moments.size() > 2 * SHOWN) {
                line("              ... " + (moments.size() - 2 * SHOWN) + " more changes ...");
            }
            if (i < SHOWN || i >= moments.size() - SHOWN) {
                line(change(before, moment));
            }
            before = moment.snapshot();
        }
        line("  in all      " + timeByLevel());
    }

    private String change(GuardSnapshot before, Moment moment) {
        GuardSnapshot after = moment.snapshot();
        String level =
                before.level() == after.level() ? "still " + after.level() : before.level() + " -> " + after.level();
        String health = after.verdict().up() ? "up, weight " + after.verdict().weight() : "DOWN";
        return String.format(
                Locale.ROOT,
                "    %8s  %-18s  health %s; %s",
                "+" + seconds(moment.atNanos() - episode.first().atNanos()),
                level,
                health,
                after.reason());
    }

    private String timeByLevel() {
        Map<Level, Long> times = new EnumMap<>(Level.class);
        List<Moment> moments = episode.moments();
        for (int i = 0; i < moments.size(); i++) {
            long spent = endNanos(i) - moments.get(i).atNanos();
            if (spent > 0) {
                times.merge(moments.get(i).snapshot().level(), spent, Long::sum);
            }
        }
        return times.entrySet().stream()
                .map(e -> e.getKey() + " " + seconds(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** When what began at that moment ended: at the next one, or, while the episode goes on, now. */
    private long endNanos(int moment) {
        return moment + 1 < episode.moments().size()
                ? episode.moments().get(moment + 1).atNanos()
                : endNanos();
    }

    private long endNanos() {
        return episode.first().atNanos() + lengthNanos;
    }

    private void refused() {
        long sum = episode.refusedInAll();
        line("  refused     " + (sum == 0 ? "nobody" : sum + " in all"));
        episode.refused().forEach(e -> counted(e.getValue(), IncidentWords.of(e.getKey())));
        long waited = episode.waited();
        if (waited > 0) {
            line("  waited      " + waited + " new connections, until a slot was free or the wait was over");
        }
        ranks();
    }

    private void ranks() {
        Map<RankKind, Long> ranks = episode.ranks();
        if (ranks.isEmpty()) {
            return;
        }
        line("  sources     of new connections while slots were scarce: let in and refused");
        for (RefusalCounters.Rank rank : RefusalCounters.Rank.values()) {
            long letIn = ranks.getOrDefault(new RankKind(rank, true), 0L);
            long refused = ranks.getOrDefault(new RankKind(rank, false), 0L);
            line("    " + Plain.words(rank) + " " + letIn + " and " + refused);
        }
    }

    private void kernel() {
        Map<KernelCounter, Long> counted = episode.kernel();
        counted.keySet().removeIf(counter -> IncidentWords.of(counter).isEmpty());
        line("  the kernel  " + (counted.isEmpty() ? "counted nothing unusual" : "counted in this network namespace"));
        counted.forEach((counter, count) -> counted(count, IncidentWords.of(counter)));
    }

    private void moreRoom() {
        Capacity capacity = episode.worst().capacity();
        if (episode.leading(endNanos()) == Signal.DESCRIPTORS && capacity.usableShare() < LEAK) {
            line("  more room   not by a setting: " + capacity.other() + " of " + capacity.limit()
                    + " descriptors were no connections; see what they are: ls -l /proc/PID/fd");
            return;
        }
        Signal led = episode.leading(endNanos());
        if (led == Signal.CONNECTIONS || led == Signal.MEMORY) {
            line("  more room   by maxConnections, the connector's or tcpguard's, or by more heap; not by a kernel "
                    + "setting");
            return;
        }
        List<Finding> settings = settings();
        line("  more room   "
                + (settings.isEmpty() ? "no kernel setting would have given it" : "would have come from"));
        for (Finding finding : settings) {
            line("    " + finding.setting() + " = " + finding.value() + ": "
                    + finding.remedy().stream().findFirst().orElse("fine by the rules; raise it if memory allows"));
        }
    }

    /** The first that can be judged, and of the others those that the rules find wanting. */
    private List<Finding> settings() {
        Signal signal = episode.leading(endNanos());
        List<Finding> known = signal == null
                ? List.of()
                : MoreRoom.settings(signal).stream()
                        .map(s -> Optional.ofNullable(findings.get(s)))
                        .flatMap(Optional::stream)
                        .filter(f -> f.judgement() != Judgement.NOT_APPLICABLE)
                        .toList();
        return known.stream()
                .filter(f -> f.equals(known.get(0)) || f.judgement().atLeast(Judgement.ADVISE))
                .limit(SETTINGS)
                .toList();
    }

    private void counted(long count, String words) {
        line(String.format(Locale.ROOT, "    %8d  %s", count, words));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / NANOS);
    }

    private void line(String line) {
        out.append(line).append('\n');
    }
}
