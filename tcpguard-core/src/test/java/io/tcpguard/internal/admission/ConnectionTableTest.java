/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConnectionTableTest {
    private static final long SILENT = TimeUnit.SECONDS.toNanos(2);
    private static final long FLOOR = TimeUnit.SECONDS.toNanos(10);

    private final CoarseClock clock = new CoarseClock(0);
    private final ConnectionTable table =
            new ConnectionTable(ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, clock, new RefusalCounters()), 0);
    private long now;

    @Test
    void hasNoVictimAmongConnectionsThatAreYoung() {
        received();
        at(8);
        open();
        at(9.9);

        assertThat(victim(false)).isNull();
    }

    @Test
    void evictsAConnectionThatNeverSpokeAfterTheSilentFloor() {
        TrackedConnection silent = open();
        at(2.1);

        assertThat(victim(false)).isSameAs(silent);
        assertThat(victim(false)).isNull();
    }

    @Test
    void prefersTheSilentToTheIdle() {
        received();
        at(20);
        TrackedConnection silent = open();
        at(23);

        assertThat(victim(false)).isSameAs(silent);
    }

    @Test
    void evictsTheLongestIdleFirst() {
        TrackedConnection first = received();
        at(1);
        TrackedConnection second = received();
        at(2);
        TrackedConnection third = received();
        at(3);
        first.begin();
        first.end();
        at(20);

        assertThat(victim(false)).isSameAs(second);
        assertThat(victim(false)).isSameAs(third);
        assertThat(victim(false)).isSameAs(first);
        assertThat(victim(false)).isNull();
    }

    @Test
    void sparesForAQuarterLongerWhoCameBackBeforeAsClocksAndNetworksAreLate() {
        TrackedConnection twice = received();
        twice.begin();
        twice.end();
        at(1);
        TrackedConnection once = received();
        at(11);

        assertThat(victim(false)).isSameAs(once);
        assertThat(victim(false)).isNull();
        at(12.4);
        assertThat(victim(false)).isNull();
        at(12.6);
        assertThat(victim(false)).isSameAs(twice);
    }

    @Test
    void sparesAKnownGoodSourceForAQuarterLonger() throws UnknownHostException {
        InetAddress good = InetAddress.getByName("10.0.0.1");
        cameBackAndLeft(good);
        TrackedConnection user = received(good);
        TrackedConnection stranger = received(InetAddress.getByName("10.0.0.99"));
        at(13.3);

        assertThat(victim(false)).isSameAs(stranger);
        assertThat(victim(false)).isNull();
        at(15.6);
        assertThat(victim(false)).isSameAs(user);
    }

    @Test
    void sparesNobodyForAnAddressThatManyShare() throws UnknownHostException {
        InetAddress many = InetAddress.getByName("10.0.0.1");
        cameBackAndLeft(many);
        TrackedConnection sits = received(many);
        open(many).begin();
        at(13.1);

        assertThat(victim(false)).isSameAs(sits);
    }

    @Test
    void neverEvictsAConnectionWithWorkInProgress() {
        TrackedConnection busy = open();
        assertThat(busy.begin()).isTrue();
        at(1_000);
        assertThat(victim(false)).isNull();

        busy.end();
        at(1_011);
        assertThat(victim(false)).isSameAs(busy);
    }

    @Test
    void countsOverlappingWork() {
        TrackedConnection h2 = open();
        h2.begin();
        h2.begin();
        h2.end();
        at(1_000);

        assertThat(victim(false)).isNull();
    }

    @Test
    void neverEvictsWhatIsKept() {
        received().exemptFromEviction();
        open().exemptFromEviction();
        at(1_000);

        assertThat(victim(false)).isNull();
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void letsNoWorkBeginOnceClaimed() {
        TrackedConnection victim = received();
        at(20);
        assertThat(victim(false)).isSameAs(victim);

        assertThat(victim.begin()).isFalse();
    }

    @Test
    void leavesASilentOneAloneThatSpeaksInTime() {
        TrackedConnection handle = open();
        at(1.9);
        handle.touch();
        at(5);

        assertThat(victim(false)).isNull();
    }

    @Test
    void takesWhatTheServerSendsForUseOfAConnectionThatNeverSpoke() {
        TrackedConnection listener = open();
        at(1.9);
        listener.sent();
        at(11.8);
        assertThat(victim(false)).isNull();

        at(12);
        assertThat(victim(false)).isSameAs(listener);
    }

    @Test
    void sparesUnfinishedMessagesWhileTheyHoldNoMoreThanAQuarterOfThePlaces() {
        TrackedConnection half = received();
        half.unfinished(true);
        half.unfinished(true);
        for (int i = 0; i < 3; i++) {
            received().begin();
        }
        at(1_000);
        assertThat(victim(false)).isNull();

        TrackedConnection another = received();
        another.unfinished(true);
        assertThat(victim(false)).as("spared just now").isNull();
        at(1_003);
        assertThat(victim(false)).isSameAs(half);
        assertThat(half.begin()).isFalse();
        assertThat(victim(false)).as("the other is one of four again").isNull();
    }

    @Test
    void countsAnUnfinishedMessageNoMoreOnceItsConnectionIsClosed() {
        for (int i = 0; i < 10; i++) {
            TrackedConnection gone = received();
            gone.unfinished(true);
            gone.closed();
            gone.unfinished(true);
        }
        received().unfinished(true);
        for (int i = 0; i < 3; i++) {
            received().begin();
        }
        at(1_000);

        assertThat(victim(false)).isNull();
    }

    @Test
    void takesWorkForIdleWhereAllOfItWaitsForTheClientAndSuchAreMany() {
        TrackedConnection stream = received();
        stream.begin();
        stream.unfinished(true);
        at(1_000);
        assertThat(victim(false)).isSameAs(stream);
        assertThat(stream.begin()).isFalse();
        stream.end();
        assertThat(stream.begin()).isFalse();
    }

    @Test
    void findsWorkThatWasMetWhileItDidNotWaitForTheClient() {
        TrackedConnection drips = received();
        drips.begin();
        at(30);
        assertThat(victim(false)).isNull();
        drips.unfinished(true);
        at(60);

        assertThat(victim(false)).isSameAs(drips);
    }

    @Test
    void sparesForAWhileWhatTheAdapterKnowsToBeInProgress() {
        boolean[] inProgress = {true};
        TrackedConnection received = table.open(null, false, new ListenerCounts(), new ConnectionCloser() {
            @Override
            public void close(Closing how) {}

            @Override
            public boolean inProgress() {
                return inProgress[0];
            }
        });
        for (int i = 0; i < 20; i++) {
            at(3 + i);
            assertThat(victim(i % 2 == 0)).isNull();
        }
        inProgress[0] = false;
        assertThat(victim(false)).as("spared just now").isNull();

        at(25);
        assertThat(victim(false)).isSameAs(received);
    }

    @Test
    void countsEachCloseOnce() {
        TrackedConnection handle = received();
        open();
        handle.closed();
        handle.closed();

        assertThat(table.size()).isEqualTo(1);
        assertThat(table.closedSoFar()).isEqualTo(1);
    }

    @Test
    void findsVictimsThatAreIdleForHours() {
        TrackedConnection old = received();
        at(5);
        received();
        at(20_000);
        open().touch();

        assertThat(victim(false)).isSameAs(old);
        assertThat(victim(false)).isNotNull();
        assertThat(victim(false)).isNull();
    }

    @Test
    void agreesWithAPlainSortUnderRandomTraffic() {
        Random random = new Random(7);
        List<TrackedConnection> alive = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            alive.add(received());
        }
        for (double t = 0; t < 300; t += 0.5) {
            at(t);
            for (int i = 0; i < 20; i++) {
                TrackedConnection h = alive.get(random.nextInt(alive.size()));
                if (h.begin()) {
                    h.end();
                }
            }
            if (random.nextInt(4) == 0) {
                long oldest = alive.stream()
                        .mapToLong(TrackedConnection::lastActive)
                        .min()
                        .orElseThrow();
                TrackedConnection victim = victim(false);
                if (now - oldest >= FLOOR + 62_500_000L) {
                    assertThat(victim).isNotNull();
                }
                if (victim != null) {
                    assertThat(victim.lastActive() - oldest)
                            .as("within a bucket of the longest idle")
                            .isLessThanOrEqualTo(62_500_000L);
                    assertThat(now - victim.lastActive()).isGreaterThanOrEqualTo(FLOOR);
                    alive.remove(victim);
                    victim.closed();
                    alive.add(received());
                }
            }
        }
        assertThat(table.size()).isEqualTo(300);
    }

    @Test
    void settlesThoseThatHaveSpokenSoThatASearchNeedNot() {
        for (int i = 0; i < 3_000; i++) {
            received();
        }
        at(1);
        table.settle(now);
        TrackedConnection silent = open();
        at(4);

        assertThat(victim(false)).isSameAs(silent);
    }

    @Test
    void knowsWhoHoldsMoreThanTwiceItsShare() throws UnknownHostException {
        Map<String, Integer> held = new HashMap<>(Map.of("10.0.0.1", 50, "10.0.0.2", 3, "10.0.0.3", 3, "10.0.0.4", 4));
        for (Map.Entry<String, Integer> e : held.entrySet()) {
            for (int i = 0; i < e.getValue(); i++) {
                table.open(InetAddress.getByName(e.getKey()), false, new ListenerCounts(), how -> {});
            }
        }

        assertThat(table.holdsMoreThan(2, InetAddress.getByName("10.0.0.1"))).isTrue();
        assertThat(table.holdsMoreThan(2, InetAddress.getByName("10.0.0.2"))).isFalse();
        assertThat(table.holdsMoreThan(2, InetAddress.getByName("10.9.9.9"))).isFalse();
    }

    @Test
    void callsNobodyUnfairWhoIsAlone() throws UnknownHostException {
        InetAddress proxy = InetAddress.getByName("10.0.0.1");
        for (int i = 0; i < 100; i++) {
            table.open(proxy, false, new ListenerCounts(), how -> {});
        }

        assertThat(table.holdsMoreThan(2, proxy)).isFalse();
    }

    @Test
    void forgetsSourcesThatHoldNothing() throws UnknownHostException {
        for (int i = 0; i < 10_000; i++) {
            table.open(
                            InetAddress.getByAddress(new byte[] {10, 1, (byte) (i >> 8), (byte) i}),
                            false,
                            new ListenerCounts(),
                            how -> {})
                    .closed();
        }

        assertThat(table.sources()).isZero();
    }

    @Test
    void knowsNoMoreSourcesThanConnectionsHoweverManyMillionsComeAndGo() throws UnknownHostException {
        TrackedConnection[] open = new TrackedConnection[1_000];
        int most = 0;
        for (int i = 0; i < 2_000_000; i++) {
            TrackedConnection leaving = open[i % open.length];
            if (leaving != null) {
                leaving.closed();
            }
            byte[] address = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            open[i % open.length] =
                    table.open(InetAddress.getByAddress(address), false, new ListenerCounts(), how -> {});
            most = Math.max(most, table.sources());
        }

        assertThat(most).isEqualTo(open.length);
        assertThat(table.size()).isEqualTo(open.length);
    }

    /** After years without a search for a victim it would look through each tick since, under the table's lock. */
    @Test
    @Timeout(10)
    void findsTheIdleOfANetworkHoweverLongNobodyWasSearchedFor() throws UnknownHostException {
        at(2e9);
        List<TrackedConnection> some = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            some.add(received(InetAddress.getByName("192.0.2." + i)));
        }
        for (int i = 0; i < 8; i++) {
            received(InetAddress.getByName("198.51." + i + ".1"));
        }
        table.settle(now);
        at(2e9 + 11);

        assertThat(table.claimOfSource(InetAddress.getByName("192.0.2.99"), now, SILENT, FLOOR))
                .isIn(some);
    }

    /** The same where the one that is idle longest is in the middle of something that only its adapter knows of. */
    @Test
    @Timeout(10)
    void findsTheNextVictimHoweverLongTheFirstOneIsIdleAndMayNotGo() {
        TrackedConnection busy = table.open(null, false, new ListenerCounts(), new InProgress());
        busy.begin();
        busy.end();
        at(2e9 + 1);
        TrackedConnection idle = received();
        at(2e9 + 12);

        assertThat(victim(false)).isSameAs(idle);
    }

    private static final class InProgress implements ConnectionCloser {
        @Override
        public void close(Closing how) {
            throw new AssertionError("evicted");
        }

        @Override
        public boolean inProgress() {
            return true;
        }
    }

    private TrackedConnection open() {
        return open(null);
    }

    private TrackedConnection open(@Nullable InetAddress address) {
        return table.open(address, false, new ListenerCounts(), how -> {});
    }

    /** A session of 3 seconds with two requests: its address is known good from then on. */
    private void cameBackAndLeft(InetAddress address) {
        TrackedConnection session = received(address);
        at(3);
        session.begin();
        session.end();
        session.closed();
    }

    private TrackedConnection received() {
        return received(null);
    }

    private TrackedConnection received(@Nullable InetAddress address) {
        TrackedConnection handle = open(address);
        handle.begin();
        handle.end();
        return handle;
    }

    private void at(double seconds) {
        now = Math.round(seconds * 1e9);
        clock.advance(now);
    }

    private @Nullable TrackedConnection victim(boolean silentOnly) {
        return table.claimVictim(now, SILENT, FLOOR, silentOnly);
    }
}
