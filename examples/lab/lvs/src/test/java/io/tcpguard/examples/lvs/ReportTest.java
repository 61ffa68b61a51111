/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportTest {
    private final List<Trace> traces = List.of(Canned.stock(), Canned.guarded());

    @Test
    void tableHasAColumnForEachRunAndTheFiguresOfEach() {
        List<String> rows = Table.markdown(traces)
                .lines()
                .map(line -> line.replaceAll(" +", " ").strip())
                .toList();

        assertThat(rows)
                .contains(
                        "| | stock | guarded |",
                        "| DOWN / UP events | 4 / 4 | 0 / 0 |",
                        "| seconds with fewer than 4 servers in | 40 | 0 |",
                        "| seconds with none in | 40 | 0 |",
                        "| users in session before the flood | 600 | 600 |",
                        // 10 s of 600 and 27 s of 300
                        "| ... in the flood, mean | 381 (64 %) | 540 (90 %) |",
                        "| ... in its last third | 300 (50 %) | 540 (90 %) |",
                        "| ... in the flood | 11 (27 %) | 30 (75 %) |",
                        "| login attempts failed in the flood | 80 % | 50 % |",
                        "| sessions lost, whole run | 400 | 0 |",
                        "| recovered for good, after the flood's end | 14 s | 1 s |",
                        "| \"Too many open files\" in the servers' logs | 77 | 0 |",
                        "| descriptors at most (limit 256), once a second | 256 | 240 |",
                        "| connections alive at most, as the director believes | 2000 | 1000 |");
    }

    @Test
    void pictureIsWellFormedAndShowsEachRunBelowTheOther() throws Exception {
        String svg = new Picture(traces).svg();

        var root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
        assertThat(root.getTagName()).isEqualTo("svg");
        assertThat(svg).doesNotContain("href", "url(", "NaN", "Infinity");
        assertThat(svg.indexOf(">stock<")).isPositive().isLessThan(svg.indexOf(">guarded<"));
        assertThat(svg)
                .contains(
                        "DOWN events: 4 \u00b7 400 sessions lost \u00b7 users in session: 600 before the flood, 381 in "
                                + "it");
    }

    @Test
    void pictureShowsEachSecondThatServersWereInAndEachThatLostSessions() {
        String svg = new Picture(traces).svg();

        assertThat(svg.split("fill=\"#3f9b58\"", -1)).hasSize(1 + 60 + 100);
        assertThat(svg.split("fill=\"#c8102e\"", -1)).hasSize(1 + 40);
    }
}
