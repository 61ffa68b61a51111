package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lays findings out in columns. Widths are counted before colours are added. */
final class TextReport {

    private static final int WIDTH = 120;
    private static final int INDENT = 4;
    private static final int LABEL = 9;
    private static final int MAX_VALUE = 21;

    private final Machine machine;
    private final List<Finding> findings;
    private final Palette palette;
    private final StringBuilder out = new StringBuilder();

    TextReport(Machine machine, List<Finding> findings, Palette palette) {
        this.machine = machine;
        this.findings = findings;
        this.palette = palette;
    }

    String text() {
        head();
        for (Judgement judgement : List.of(Judgement.DANGEROUS, Judgement.WARN, Judgement.ADVISE)) {
            of(judgement).forEach(this::whole);
        }
        lines(Judgement.OK);
        lines(Judgement.NOT_APPLICABLE);
        line("");
        line(palette.strong(new Report(machine, findings).summary()));
        return out.toString();
    }

    private void head() {
        line(palette.strong("tcpguard doctor") + ": " + machine.process());
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
        line(palette.judgement(finding.judgement(), finding.judgement().words().toUpperCase(Locale.ROOT)) + "  "
                + palette.strong(finding.setting()) + (finding.value().isEmpty() ? "" : " = " + finding.value()));
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
        line(palette.judgement(judgement, judgement.words().toUpperCase(Locale.ROOT)));
        int names = some.stream().mapToInt(f -> f.setting().length()).max().orElse(0);
        int values = Math.min(
                MAX_VALUE, some.stream().mapToInt(f -> f.value().length()).max().orElse(0));
        for (Finding finding : some) {
            String left = " ".repeat(INDENT) + pad(finding.setting(), names) + "  "
                    + (values == 0 ? "" : pad(finding.value(), values) + "  ");
            wrapped(left, finding.message());
        }
    }

    private void labelled(String label, String text) {
        if (!text.isEmpty()) {
            String left = " ".repeat(INDENT) + pad(label, LABEL) + " ";
            wrapped(palette == Palette.PLAIN ? left : palette.faint(left), left.length(), text);
        }
    }

    private void wrapped(String left, String text) {
        wrapped(left, left.length(), text);
    }

    private void wrapped(String left, int width, String text) {
        List<String> rows = wrap(text, Math.max(WIDTH - width, WIDTH / 3));
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
