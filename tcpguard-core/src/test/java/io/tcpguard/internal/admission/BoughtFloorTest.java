/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** A hundred users at an address each, who beat every 8 s; and others who want to move what is learned of them. */
class BoughtFloorTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int USERS = 100;

    private final CoarseClock clock = new CoarseClock(0);
    private final ClientModel clients =
            ClientModel.empty(4 * SECOND, 2 * SECOND, 10 * SECOND, clock, new RefusalCounters());
    private final ConnectionTable table = new ConnectionTable(clients, 0);
    private long now;

    private record Beating(ConnectionHandle handle, long every, long until) {}

    private final List<Beating> open = new ArrayList<>();

    @Test
    void isWhatUsersNeedThoughOnlyFiveOfThemComeEachSecond() {
        usersFor(240, i -> null, 0, 1, 1);

        assertFloorOfUsers(8.0, 8.6);
    }

    @Test
    void oneClientWithManyConnectionsMovesItNeitherWay() {
        usersFor(240, i -> "192.0.2.1", 20, 1, 3);
        assertFloorOfUsers(8.0, 8.6);
        usersFor(240, i -> "192.0.2.1", 1, 110, 120);
        assertFloorOfUsers(8.0, 17.2);
    }

    @Test
    void oneHostThatComesFromEachOfItsIpv6NetworksMovesItNeitherWay() {
        usersFor(240, i -> "2001:db8:7:" + Integer.toHexString(i) + "::1", 20, 1, 3);
        assertFloorOfUsers(8.0, 8.6);
        usersFor(240, i -> "2001:db8:7:" + Integer.toHexString(i) + "::1", 4, 110, 120);
        assertFloorOfUsers(8.0, 17.2);
    }

    @Test
    void oneInAHundredSourcesThatPausesForLongRaisesItToTwiceAtMost() {
        usersFor(240, i -> "192.0.2." + i % 2, 1, 110, 120);

        assertFloorOfUsers(8.0, 17.2);
    }

    @Test
    void nothingMovesItWhileNewConnectionsAreRefused() {
        usersFor(240, i -> null, 0, 1, 1);
        clients.update(true);
        shedding = true;
        usersFor(240, i -> "198.51." + i / 250 + "." + i % 250, 50, 1, 3);
        assertFloorOfUsers(8.0, 8.6);
        usersFor(240, i -> "198.51." + i / 250 + "." + i % 250, 4, 110, 120);
        assertFloorOfUsers(8.0, 8.6);
    }

    private boolean shedding;
    private int others;

    private void assertFloorOfUsers(double from, double to) {
        assertThat(clients.gaps().learned()).isTrue();
        assertThat(clients.gaps().floorNanos() / (double) SECOND).isBetween(from, to);
    }

    /**
     * Users have sessions of 20 s meanwhile, and so many others come each second, beat as often as said and stay as
     * long.
     */
    private void usersFor(int seconds, IntFunction<String> other, int perSecond, int every, int stay) {
        for (int second = 0; second < seconds; second++) {
            for (int i = 0; i < USERS; i++) {
                if ((second + i) % 20 == 0) {
                    connect("10.0.0." + i, 8, 20);
                }
            }
            for (int i = 0; i < perSecond; i++) {
                connect(other.apply(others++), every, stay);
            }
            clock.advance(now += SECOND);
            for (Beating client : List.copyOf(open)) {
                long age = now - client.until();
                if (age >= 0) {
                    client.handle().closed();
                    open.remove(client);
                } else if (age % (client.every() * SECOND) == 0) {
                    ask(client.handle());
                }
            }
            clients.update(shedding);
        }
    }

    private void connect(String address, int every, int stay) {
        try {
            ConnectionHandle handle =
                    table.open(InetAddress.getByName(address), false, new ListenerCounts(), how -> {});
            ask(handle);
            open.add(new Beating(handle, every, now + stay * SECOND));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static void ask(ConnectionHandle handle) {
        handle.begin();
        handle.end();
    }

    @Test
    void aConnectionCountsOnceInTheFarthestBucketThatItCameTo() {
        SourceHistogram histogram = new SourceHistogram(10);
        assertThat(histogram.reached(1, -1, 3)).isEqualTo(3);
        assertThat(histogram.reached(1, 3, 2)).isEqualTo(3);
        assertThat(histogram.reached(1, 3, 5)).isEqualTo(5);
        assertThat(histogram.reached(2, -1, 2)).isEqualTo(2);

        assertThat(histogram.total()).isEqualTo(2);
        assertThat(histogram.passedByNoMoreThan(0)).isEqualTo(5);
        assertThat(histogram.passedByNoMoreThan(1)).isEqualTo(2);
        assertThat(histogram.passedByNoMoreThan(2)).isZero();
    }

    @Test
    void whereThereAreManySourcesNoneCountsForMoreThanTheOneInTheMiddle() {
        SourceHistogram histogram = new SourceHistogram(10);
        for (int source = 1; source <= 8; source++) {
            come(histogram, source, 100);
        }
        histogram.weigh();
        assertThat(histogram.basis("came")).isEqualTo("800 connections that came, of 8 sources");
        come(histogram, 9, 1);
        histogram.weigh();
        assertThat(histogram.basis("came"))
                .as("learned anew")
                .startsWith("0 connections")
                .endsWith("1 of each at most");

        for (int source = 1; source <= 9; source++) {
            come(histogram, source, source > 3 && source < 7 ? 3 : 1);
        }
        assertThat(histogram.total()).isEqualTo(9);
        assertThat(histogram.reached(1, -1, 4)).as("one too many").isEqualTo(10);
        histogram.weigh();
        assertThat(histogram.basis("came")).isEqualTo("9 connections that came, of 9 sources, 1 of each at most");
        for (int source = 1; source <= 5; source++) {
            come(histogram, source, 9);
        }
        histogram.weigh();
        assertThat(histogram.basis("came")).endsWith("10 of each at most");
        come(histogram, 9, 20);
        assertThat(histogram.total()).isEqualTo(9 + 9);
    }

    @Test
    void thePastCountsHalfAndSinglesGoByTurns() {
        SourceHistogram histogram = new SourceHistogram(10);
        for (int source = 1; source <= 9; source++) {
            come(histogram, source, 1);
        }
        histogram.weigh();
        for (int source = 1; source <= 9; source++) {
            histogram.reached(source, -1, source == 9 ? 5 : 4);
        }
        histogram.forget();
        assertThat(histogram.total()).isEqualTo(4);
        assertThat(histogram.passedByNoMoreThan(0))
                .as("the single one of an odd bucket is gone")
                .isEqualTo(4);
        assertThat(histogram.reached(2, -1, 4)).as("it still counts").isEqualTo(10);
        histogram.forget();
        assertThat(histogram.total()).isEqualTo(2);
        assertThat(histogram.reached(2, -1, 4)).as("it is forgotten").isEqualTo(4);
        histogram.forget();
        histogram.forget();
        histogram.weigh();
        assertThat(histogram.basis("came")).contains("of 0 sources");
    }

    private static void come(SourceHistogram histogram, int source, int times) {
        for (int i = 0; i < times; i++) {
            histogram.reached(source, -1, 4);
        }
    }
}
