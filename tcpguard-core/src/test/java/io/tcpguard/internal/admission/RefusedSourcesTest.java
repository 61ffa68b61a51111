/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusedSourcesTest {
    private final RefusedSources refused = new RefusedSources();

    @Test
    void tellTheFewThatComeOftenAmongTheManyThatComeOnce() throws UnknownHostException {
        for (int i = 0; i < 10_000; i++) {
            refused.add(address(7), 0);
            refused.add(i % 2 == 0 ? address(8) : address(7), 0);
            refused.add(address(1000 + i), 0);
        }

        assertThat(refused.most(2, 0)).matches("10\\.0\\.0\\.7 \\d{4,5}, 10\\.0\\.0\\.8 \\d{4}");
    }

    @Test
    void forgetWhoWasRefusedMinutesAgo() throws UnknownHostException {
        refused.add(address(7), 0);
        assertThat(refused.most(10, seconds(61))).isEqualTo("10.0.0.7 1");
        refused.add(address(7), seconds(62));
        refused.add(address(8), seconds(62));
        assertThat(refused.most(10, seconds(63))).isEqualTo("10.0.0.7 2, 10.0.0.8 1");
        assertThat(refused.most(10, seconds(600))).isEmpty();
    }

    @Test
    void forgetByAClockThatIsNegative() throws UnknownHostException {
        refused.add(address(7), seconds(-1_000));

        assertThat(refused.most(10, seconds(-940))).isEqualTo("10.0.0.7 1");
        assertThat(refused.most(10, seconds(-800))).isEmpty();
    }

    /** Or nobody would seem to be refused at the beginning of each minute. */
    @Test
    void areKnownForAMinuteAtLeast() throws UnknownHostException {
        refused.add(address(6), seconds(0));
        for (int i = 0; i < 20; i++) {
            refused.add(address(7 + i), seconds(59));
        }
        refused.add(address(7), seconds(61));

        assertThat(refused.known(seconds(61))).isEqualTo(21);
        assertThat(refused.known(seconds(122))).isEqualTo(1);
    }

    @Test
    void tellWhoHoldsMostAndWhatTheyDo() throws UnknownHostException {
        CoarseClock clock = new CoarseClock(0);
        ConnectionTable table = new ConnectionTable(
                ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, clock, new RefusalCounters()), 0);
        for (int i = 0; i < 3; i++) {
            table.open(address(7), false, new ListenerCounts(), how -> {});
        }
        table.open(address(7), false, new ListenerCounts(), how -> {}).begin();
        TrackedConnection idle = table.open(address(8), false, new ListenerCounts(), how -> {});
        idle.begin();
        idle.end();
        TrackedConnection half = table.open(address(8), false, new ListenerCounts(), how -> {});
        half.begin();
        half.unfinished(true);

        assertThat(table.holders(10))
                .isEqualTo("10.0.0.7 4 (3 silent, 0 in half a message, 0 idle, 1 at work),"
                        + " 10.0.0.8 2 (0 silent, 1 in half a message, 1 idle, 0 at work)");
        assertThat(table.holders(1)).startsWith("10.0.0.7 4 ").doesNotContain("10.0.0.8");
    }

    private static InetAddress address(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    }

    private static long seconds(long n) {
        return TimeUnit.SECONDS.toNanos(n);
    }
}
