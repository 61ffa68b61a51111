/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.testkit.OpenDescriptors;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTableProbeTest {
    private static final String TCP = "self/net/tcp";
    private static final String TCP6 = "self/net/tcp6";
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final long SECOND = 1_000_000_000L;
    private static final int LISTEN = 0x0A;
    private static final int ESTABLISHED = 1;

    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);
    private FakeProc proc;
    private ListenTables tables;
    private long costNanos;
    private boolean urgent;
    private long clockNanos;

    @BeforeEach
    void open(@TempDir Path directory) {
        proc = FakeProc.complete(directory).with(TCP, HEAD).with(TCP6, HEAD);
        tables = new ListenTables(proc.file("self/net"), descriptors);
    }

    @Test
    void findsTheDepthAndTakesTheSmallerOfBacklogAndSomaxconnForTheLimit() {
        proc.with(TCP, HEAD + row4(0, 22, LISTEN, 1) + row4(1, 8080, LISTEN, 0x2A) + row4(2, 8080, ESTABLISHED, 99));

        assertThat(probe(8080, 100).read(0)).isEqualTo(queue(42, 100));
        assertThat(probe(8080, 100_000).read(0)).isEqualTo(queue(42, 4096));
        assertThat(probe(8080, 0).read(0)).isEqualTo(queue(42, 4096));
    }

    @Test
    void findsAListenerOfEitherFamily() {
        ListenTableProbe probe = probe(8080, 50);
        proc.with(TCP6, HEAD + row6(0, 8080, LISTEN, 3));
        assertThat(probe.read(0)).isEqualTo(queue(3, 50));

        proc.with(TCP6, HEAD).with(TCP, HEAD + row4(0, 8080, LISTEN, 4));
        assertThat(probe.read(2 * SECOND)).isEqualTo(queue(4, 50));
    }

    /** Each descriptor is a client's slot. */
    @Test
    void holdsOneTableForAllListenersOfAFamily() {
        ListenTableProbe probe = probe(8080, 50);
        ListenTableProbe other = probe(8443, 50);
        probe.read(0);
        other.read(0);
        assertThat(held(TCP6)).isEqualTo(1);
        assertThat(held(TCP)).isEqualTo(1);

        proc.with(TCP6, HEAD + row6(0, 8080, LISTEN, 3) + row6(1, 8443, LISTEN, 4));
        assertThat(probe.read(2 * SECOND)).isEqualTo(queue(3, 50));
        assertThat(other.read(2 * SECOND)).isEqualTo(queue(4, 50));
        assertThat(held(TCP6)).isEqualTo(1);
        assertThat(held(TCP)).isZero();

        probe.close();
        assertThat(other.read(4 * SECOND)).isEqualTo(queue(4, 50));
        other.close();
        assertThat(held(TCP6)).isZero();
    }

    private long held(String path) {
        String file = proc.file(path).toString();
        return OpenDescriptors.now().names().stream()
                .filter(each -> each.endsWith(file))
                .count();
    }

    @Test
    void looksAtMostOnceASecond() {
        ListenTableProbe probe = probe(8080, 50);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 1));
        Reading first = probe.read(0);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 2));

        assertThat(probe.read(SECOND - 1)).isSameAs(first);
        assertThat(probe.read(SECOND)).isEqualTo(queue(2, 50));
    }

    @Test
    void pausesLongerWhenALookWasDear() {
        costNanos = 5_000_000;
        ListenTableProbe probe = probe(8080, 50);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 1));
        Reading first = probe.read(0);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 2));

        assertThat(probe.read(5 * SECOND - 1)).isSameAs(first);
        assertThat(probe.read(5 * SECOND)).isEqualTo(queue(2, 50));
    }

    @Test
    void looksFiftyTimesASecondWhileItMatters() {
        ListenTableProbe probe = probe(8080, 50);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 1));
        Reading first = probe.read(0);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 2));

        urgent = true;
        assertThat(probe.read(SECOND / 50 - 1)).isSameAs(first);
        assertThat(probe.read(SECOND / 50)).isEqualTo(queue(2, 50));
    }

    @Test
    void spendsFewOfItsThreadsTimeEvenWhenItMatters() {
        costNanos = 5_000_000;
        urgent = true;
        ListenTableProbe probe = probe(8080, 50);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 1));
        Reading first = probe.read(0);
        proc.with(TCP, HEAD + row4(0, 8080, LISTEN, 2));

        assertThat(probe.read(SECOND / 4 - 1)).isSameAs(first);
        assertThat(probe.read(SECOND / 4)).isEqualTo(queue(2, 50));
    }

    @Test
    void readsOnWhileThereAreOnlyListeners() {
        StringBuilder many = new StringBuilder(HEAD);
        for (int i = 0; i < 200; i++) {
            many.append(row4(i, 10_000 + i, LISTEN, 0));
        }
        many.append(row4(200, 8080, LISTEN, 7)).append(row4(201, 8080, ESTABLISHED, 99));
        proc.with(TCP, many.toString());

        assertThat(probe(8080, 50).read(0)).isEqualTo(queue(7, 50));
    }

    @Test
    void saysSoWhereThereAreTooManyListenersToReadThemAll() {
        StringBuilder many = new StringBuilder(HEAD);
        for (int i = 0; i < 1000; i++) {
            many.append(row4(i, 10_000 + i, LISTEN, 0));
        }
        proc.with(TCP, many.toString());

        assertThat(causeOf(probe(8080, 50).read(0))).isEqualTo(Cause.NOT_SUPPORTED);
    }

    @Test
    void saysThatNothingListens() {
        assertThat(causeOf(probe(8080, 50).read(0))).isEqualTo(Cause.NOTHING_TO_WATCH);
        proc.without(TCP6);
        assertThat(causeOf(probe(8080, 50).read(0))).isEqualTo(Cause.NOTHING_TO_WATCH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0: 00000000:1F90 00000000:0000 0A 00000000:00000001 00:00000000\n",
                HEAD + "   0: 00000000:1F90 00000000:0000 0A 00000000:00000001",
                HEAD + "   0: 00000000:1F90 00000000:0000 0A 00000000:0000000\n",
                HEAD + "   0: 00000000:1F90 00000000:0000 XX 00000000:00000001 00:0\n",
                HEAD + "   0: 000000001F90 00000000:0000 0A 00000000:00000001 00:0\n",
                HEAD + "   x: 00000000:1F90 00000000:0000 0A 00000000:00000001 00:0\n",
                HEAD + "\n"
            })
    void refusesATableThatTheKernelDoesNotWrite(String text) {
        proc.with(TCP, text).without(TCP6);

        assertThat(causeOf(probe(8080, 50).read(0))).isEqualTo(Cause.MALFORMED);
    }

    private ListenTableProbe probe(int port, int backlog) {
        // The clock jumps with each look at it: a look costs what the test says.
        return new ListenTableProbe(
                tables,
                ProcFile.whole(proc.file("sys/net/core/somaxconn"), descriptors),
                port,
                backlog,
                time -> urgent,
                () -> clockNanos += costNanos);
    }

    private static String row4(int slot, int port, int state, int queue) {
        return row("00000000", slot, port, state, queue);
    }

    private static String row6(int slot, int port, int state, int queue) {
        return row("0".repeat(32), slot, port, state, queue);
    }

    private static String row(String address, int slot, int port, int state, int queue) {
        return String.format(
                Locale.ROOT,
                "%4d: %s:%04X %s:0000 %02X 00000000:%08X 00:00000000 00000000     0        0 1061 1 000000006576960a "
                        + "100 0 0 10 0\n",
                slot,
                address,
                port,
                address,
                state,
                queue);
    }

    private static Reading queue(long depth, long limit) {
        return new Reading.Measured(Signal.ACCEPT_QUEUE, depth, limit);
    }

    private static Cause causeOf(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Unavailable.class);
        return ((Reading.Unavailable) reading).cause();
    }
}
