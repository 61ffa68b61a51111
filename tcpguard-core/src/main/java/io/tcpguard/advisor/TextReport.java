/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lays findings out in columns; lines have 120 characters at most, unless one word is longer. For one use. */
final class TextReport {

    private static final int LINE = 120;
    private static final int INDENT = 4;
    private static final int LABEL = 9;
    private static final int MAX_VALUE = 21;
    /** Of a line, for what is on the left of a text. */
    private static final double LEFT = 0.7;

    private static final double LEFT_OF_NARROW = 0.55;

    private final Machine machine;
    private final List<Finding> findings;
    private final String summary;
    private final StringBuilder out = new StringBuilder();

    TextReport(Machine machine, List<Finding> findings, String summary) {
        this.machine = machine;
        this.findings = findings;
        this.summary = summary;
    }

    String text() {
        head();
        for (Judgement judgement : List.of(Judgement.DANGEROUS, Judgement.WARN, Judgement.ADVISE)) {
            of(judgement).forEach(this::whole);
        }
        lines(Judgement.OK);
        lines(Judgement.NOT_APPLICABLE);
        line("");
        wrap(summary, LINE).forEach(this::line);
        return out.toString();
    }

    private void head() {
        line("tcpguard doctor: " + machine.process());
        labelled("kernel", machine.release() + (machine.container() ? ", in a container" : ""));
        labelled("room", room());
        labelled("listeners", machine.listenersInWords());
        machine.notes().forEach(note -> labelled("note", note));
    }

    private String room() {
        return machine.fact(Fact.DESCRIPTORS).isPresent()
                ? machine.fact(Fact.DESCRIPTORS).getAsLong() + " descriptors, so at most "
                        + machine.fact(Fact.CONNECTIONS).orElse(0) + " connections"
                : "limit of descriptors not known";
    }

    private void whole(Finding finding) {
        line("");
        line(title(finding.judgement()) + "  " + finding.setting()
                + (finding.value().isEmpty() ? "" : " = " + finding.value()));
        labelled("why", finding.message());
        labelled("here", finding.meaning());
        finding.remedy().forEach(step -> labelled("do", step));
        if (!finding.kernels().equals("all")) {
            labelled("kernels", finding.kernels());
        }
        labelled("risk", finding.risk());
        labelled("source", finding.source());
    }

    private void lines(Judgement judgement) {
        List<Finding> some = of(judgement);
        if (some.isEmpty()) {
            return;
        }
        line("");
        line(title(judgement));
        int names = some.stream().mapToInt(f -> f.setting().length()).max().orElse(0);
        int values = Math.min(
                MAX_VALUE, some.stream().mapToInt(f -> f.value().length()).max().orElse(0));
        int full = INDENT + names + 2 + (values == 0 ? 0 : values + 2);
        boolean roomy = full <= LINE * LEFT;
        int column = roomy ? full : (int) (LINE * LEFT_OF_NARROW);
        for (Finding finding : some) {
            // Where names and values can't have columns of their own, they share one, and the values end it.
            int name = roomy ? names : column - INDENT - 4 - finding.value().length();
            String left = " ".repeat(INDENT) + pad(finding.setting(), name) + "  " + finding.value();
            beside(left.stripTrailing(), column, finding.message());
        }
    }

    private void labelled(String label, String text) {
        if (!text.isEmpty()) {
            String left = " ".repeat(INDENT) + pad(label, LABEL) + " ";
            wrapped(left, left.length(), text);
        }
    }

    /** The text in its column, or below what is too long to leave room for it. */
    private void beside(String left, int column, String text) {
        if (left.length() + 2 > column) {
            line(left);
            wrapped(" ".repeat(column), column, text);
        } else {
            wrapped(pad(left, column), column, text);
        }
    }

    private void wrapped(String left, int width, String text) {
        List<String> rows = wrap(text, LINE - width);
        line(left + rows.get(0));
        rows.stream().skip(1).forEach(row -> line(" ".repeat(width) + row));
    }

    private static List<String> wrap(String text, int width) {
        List<String> rows = new ArrayList<>();
        StringBuilder row = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (row.length() > 0 && row.length() + 1 + word.length() > width) {
                rows.add(row.toString());
                row.setLength(0);
            }
            row.append(row.length() > 0 ? " " : "").append(word);
        }
        rows.add(row.toString());
        return rows;
    }

    private static String title(Judgement judgement) {
        return judgement.words().toUpperCase(Locale.ROOT);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private List<Finding> of(Judgement judgement) {
        return findings.stream().filter(f -> f.judgement() == judgement).toList();
    }

    private void line(String line) {
        out.append(line.stripTrailing()).append('\n');
    }
}
