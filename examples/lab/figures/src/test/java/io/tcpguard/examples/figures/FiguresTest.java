/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same as the real run, in seconds: no number here is worth anything, but each must be there. */
@Tag("record")
class FiguresTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @AfterEach
    void noServerIsLeftBehind() {
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void throughputIsToldForBothServersAndAsARatio(@TempDir Path directory) throws Exception {
        assumeThat(Wrk.present()).as("wrk is installed").isTrue();

        new Throughput(1, 1, 1, 1).print(directory, out);

        assertThat(cells("Tomcat as it comes")).hasSize(3).allMatch(cell -> number(cell) > 0);
        assertThat(cells("Tomcat with tcpguard")).hasSize(3).allMatch(cell -> number(cell) > 0);
        assertThat(cells("**ratio of the pairs: median (least to most)**"))
                .hasSize(3)
                .allMatch(cell -> number(cell) > 0);
    }

    @Test
    void refusalsAreToldForEachWayToRefuse(@TempDir Path directory) throws Exception {
        new Refusals(1, 200, 200, 2).print(directory, out);

        // Refused, per CPU second and beside the Valve; then knocks, 503, reset, silent, served.
        List<String> byReset = cells(Contestant.REFUSING_BY_RESET.title());
        assertThat(byReset.subList(2, 7)).containsExactly("200", "0", "200", "0", "0");
        List<String> byAnswer = cells(Contestant.REFUSING_BY_ANSWER.title());
        assertThat(number(byAnswer.get(3)) + number(byAnswer.get(4))).isEqualTo(200);
        assertThat(number(byAnswer.get(3))).isGreaterThan(100);
        List<String> valve = cells(Contestant.VALVE.title());
        assertThat(valve.subList(2, 7)).containsExactly("200", "200", "0", "0", "0");
        assertThat(cells(Contestant.BARE_LOOP.title()).subList(2, 7)).containsExactly("200", "200", "0", "0", "0");
        assertThat(cells(Contestant.MAX_CONNECTIONS.title()).subList(3, 5)).containsExactly("0", "0");
        assertThat(cells(Contestant.STOCK.title() + ", out of descriptors").get(6))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void nettysRefusalsAreToldForEachWayToRefuse(Transport transport, @TempDir Path directory) throws Exception {
        assumeThat(transport.present()).as("this transport loads").isTrue();

        new NettyRefusals(2, 200, 200, 0).print(transport, directory, out);

        // Refused per CPU second, ratio to the bare one; then knocks, 503, reset, silent, served.
        assertThat(cells(Contestant.NETTY_RESETTING.title()).subList(2, 7))
                .containsExactly("1,200", "0", "1,200", "0", "0");
        List<String> byReset = cells(Contestant.NETTY_GUARD_RESETTING.title());
        // A descriptor of its own that a young server closes is a slot for one more.
        assertThat(number(byReset.get(4)) + number(byReset.get(6))).isEqualTo(1_200);
        assertThat(number(byReset.get(4))).isGreaterThan(1_000);
        assertThat(number(byReset.get(1))).isPositive();
        assertThat(cells(Contestant.NETTY_ANSWERING.title()).subList(2, 7))
                .containsExactly("400", "400", "0", "0", "0");
        List<String> byAnswer = cells(Contestant.NETTY_GUARD_ANSWERING.title());
        assertThat(number(byAnswer.get(3)) + number(byAnswer.get(6))).isEqualTo(400);
        assertThat(number(byAnswer.get(3))).isGreaterThan(350);
    }

    @Test
    void nettysThroughputIsToldForBothServersAndAsARatio(@TempDir Path directory) throws Exception {
        assumeThat(Wrk.present()).as("wrk is installed").isTrue();

        new Throughput(1, 1, 1, 1).printNetty(Transport.NIO, directory, out);

        assertThat(cells(Contestant.NETTY.title())).hasSize(4).allMatch(cell -> number(cell) > 0);
        assertThat(cells(Contestant.NETTY_GUARDED.title())).hasSize(4).allMatch(cell -> number(cell) > 0);
    }

    @Test
    void goodputIsToldForEachServerAndLoad(@TempDir Path directory) throws Exception {
        new Goodput(List.of(1.0, 2.0), 4, 1, 4).print(directory, out);

        for (Contestant contestant : List.of(
                Contestant.GUARDED,
                Contestant.REFUSING_AT_ONCE,
                Contestant.STOCK,
                Contestant.MAX_CONNECTIONS,
                Contestant.CONCURRENCY_LIMITS,
                Contestant.JETTY,
                Contestant.JETTY_FITTED)) {
            assertThat(cells(contestant.title()))
                    .as(contestant.title())
                    .hasSize(2)
                    .allMatch(cell -> cell.matches("[0-9]+ % · [0-9]+ % · [0-9]+"));
        }
        // Whatever the machine does: where all fit, users are in session.
        assertThat(number(cells(Contestant.GUARDED.title()).get(0))).isPositive();
    }

    /** What stands in the row of that title. */
    private List<String> cells(String title) throws IOException {
        String table = bytes.toString(StandardCharsets.UTF_8);
        String row = table.lines()
                .filter(line -> line.startsWith("| " + title + " |"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + title + " in\n" + table));
        List<String> cells = List.of(row.substring(2, row.length() - 2).split(" \\| "));
        return cells.subList(1, cells.size());
    }

    /** The first number of a cell. */
    private static double number(String cell) {
        return Double.parseDouble(cell.replace(",", "").split("[^0-9.]", 2)[0]);
    }
}
