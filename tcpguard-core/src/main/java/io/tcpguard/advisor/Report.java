/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The advisor's findings as texts: for a terminal, for a program, for the log. A picture of the moment at which they
 * were made; nothing is read again. Immutable, any thread, throws nothing.
 */
public final class Report {

    /** At this exit code or above, something will hurt: {@code 1} for a warning, {@code 2} for a danger. */
    private static final int WARNINGS = 1;

    private static final int DANGERS = 2;

    private final Machine machine;
    private final List<Finding> findings;

    /**
     * A report of what {@link Advisor#examine} found.
     *
     * @param machine the machine that was examined
     * @param findings what was found
     */
    public Report(Machine machine, List<Finding> findings) {
        this.machine = machine;
        this.findings = List.copyOf(findings);
    }

    /**
     * For a person: what matters most first and in full, the rest in one line each. Lines are 120 columns long at most.
     */
    public String text() {
        return new TextReport(machine, findings, summary()).text();
    }

    /** For a program: one JSON object (RFC 8259) with the machine's facts and all findings. */
    public String json() {
        return new JsonReport(machine, findings, exitCode()).text();
    }

    /**
     * For the log at start: one line for each warning and danger with the first step of its remedy, after a line that
     * sums up and names what could be improved. One block, to be logged at once; at WARN if {@link #exitCode()} is not
     * 0.
     */
    public String startBlock() {
        return block("advisor: " + summary(named(Judgement.ADVISE)), hurting().toList());
    }

    /**
     * The same for the log later on, when more is known, such as the listeners' backlogs: only what {@code earlier} did
     * not say. Empty if that is nothing.
     */
    public Optional<String> newsSince(Report earlier) {
        List<Finding> news = hurting()
                .filter(f -> earlier.hurting().noneMatch(f::saysTheSameAs))
                .toList();
        return news.isEmpty()
                ? Optional.empty()
                : Optional.of(block("advisor, now that it sees " + machine.listenersInWords(), news));
    }

    private static String block(String first, List<Finding> some) {
        List<String> lines = new ArrayList<>();
        lines.add(first);
        for (Finding finding : some) {
            lines.add("  " + finding.judgement().words() + ": " + finding.setting() + " = " + finding.value() + ": "
                    + finding.message());
            finding.remedy().stream().findFirst().ifPresent(step -> lines.add("    do: " + step));
        }
        return String.join("\n", lines);
    }

    private Stream<Finding> hurting() {
        return findings.stream().filter(f -> f.judgement().atLeast(Judgement.WARN));
    }

    /** How many findings of each kind, in words. */
    String summary() {
        return summary("");
    }

    private String summary(String improvable) {
        return count(Judgement.DANGEROUS) + " dangerous, " + count(Judgement.WARN) + " to be warned of, "
                + count(Judgement.ADVISE) + " to be improved" + improvable + ", " + count(Judgement.OK) + " fine, "
                + count(Judgement.NOT_APPLICABLE) + " not applicable here";
    }

    /** Their settings, in brackets; empty if there are none. */
    private String named(Judgement judgement) {
        String names = findings.stream()
                .filter(f -> f.judgement() == judgement)
                .map(Finding::setting)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : " (" + names + ")";
    }

    /** 0: nothing will hurt; 1: something will under load; 2: something is dangerous. */
    public int exitCode() {
        if (count(Judgement.DANGEROUS) > 0) {
            return DANGERS;
        }
        return count(Judgement.WARN) > 0 ? WARNINGS : 0;
    }

    private long count(Judgement judgement) {
        return findings.stream().filter(f -> f.judgement() == judgement).count();
    }
}
