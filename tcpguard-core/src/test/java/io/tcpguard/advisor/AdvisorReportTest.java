/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdvisorReportTest {

    private final SavedMachine saved;

    AdvisorReportTest(@TempDir Path proc) {
        saved = SavedMachine.of("3.10", proc);
    }

    private Report report() {
        Machine machine = saved.machine(Listening.asking("http-nio-8080", 8080, 200));
        return new Report(machine, Advisor.examine(machine));
    }

    @Test
    void showsAPersonWhatReportAsServersHad() throws IOException {
        saved.with("report-a").set("net.ipv4.tcp_tw_recycle", "1").limits(1024, 4096);

        Golden.check(Golden.resource("doctor-report-a.txt"), report().text());
    }

    @Test
    void tellsTheLogInOneBlockWhatWillHurt() throws IOException {
        saved.with("report-a").limits(1024, 4096);

        Golden.check(Golden.resource("start-block-report-a.txt"), report().startBlock() + "\n");
    }

    @Test
    void addsLaterOnlyWhatTheListenersMadeKnown() {
        saved.limits(1024, 4096);
        Machine atStart = saved.machine();
        Report before = new Report(atStart, Advisor.examine(atStart));
        saved.set("net.core.somaxconn", "7").set("net.ipv4.tcp_retries2", "2");
        Machine later = atStart.with(List.of(Listening.inForce("http-nio-8080", 8080, 50)));
        Report after = new Report(later, Advisor.examine(later));

        assertThat(after.newsSince(before).orElseThrow().lines())
                .hasSize(3)
                .startsWith("advisor, now that it sees http-nio-8080 on port 8080, in force 50")
                .anyMatch(l -> l.startsWith("  warn: backlog = 50: Java's own default"));
        assertThat(after.newsSince(after)).isEmpty();
        assertThat(new Report(atStart.with(List.of()), Advisor.examine(atStart.with(List.of()))).newsSince(before))
                .isEmpty();
    }

    @Test
    void saysInOneLineThatNothingWillHurt() {
        saved.set("net.core.somaxconn", "4096").set("net.netfilter.nf_conntrack_helper", "0");
        saved.set("net.ipv4.tcp_max_syn_backlog", "4096");

        assertThat(report().startBlock().lines()).hasSize(1);
        assertThat(report().exitCode()).isZero();
    }

    @Test
    void givesScriptsOneForAWarningAndTwoForADanger() {
        assertThat(report().exitCode()).isEqualTo(1);
        saved.set("net.ipv4.tcp_retries2", "2");
        assertThat(report().exitCode()).isEqualTo(2);
    }

    @Test
    void fitsIntoTheTerminal() {
        saved.with("report-a").set("net.ipv4.tcp_tw_recycle", "1").limits(1024, 4096);

        assertThat(report().text().lines())
                .filteredOn(line -> line.length() > 120 && line.strip().contains(" "))
                .isEmpty();
    }

    @Test
    void beginsWithWhatMattersMost() {
        saved.set("net.ipv4.tcp_retries2", "2");

        List<Judgement> order = Advisor.examine(saved.machine()).stream()
                .map(Finding::judgement)
                .distinct()
                .toList();

        assertThat(order)
                .containsExactly(
                        Judgement.DANGEROUS, Judgement.WARN, Judgement.ADVISE, Judgement.OK, Judgement.NOT_APPLICABLE);
    }
}
