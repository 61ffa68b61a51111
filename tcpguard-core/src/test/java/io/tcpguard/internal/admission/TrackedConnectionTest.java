/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.Closing;
import io.tcpguard.state.RefusalCounters;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrackedConnectionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now;
    /** So long ago is the last sample. */
    private long late;

    private final CoarseClock clock = new CoarseClock(0, () -> now + late);
    private final ClientModel clients =
            ClientModel.empty(4 * SECOND, 2 * SECOND, 10 * SECOND, clock, new RefusalCounters());
    private final ConnectionTable table = new ConnectionTable(clients, 0);
    private final ConnectionTable ofListener = new ConnectionTable(clients, 0);
    private final ListenerCounts counts = new ListenerCounts();

    @Test
    void isWorkingFromItsFirstRequestToTheEndOfItsLast() {
        TrackedConnection connection = open();
        assertThat(connection.working()).isFalse();
        assertThat(connection.begin()).isTrue();
        assertThat(connection.begin()).isTrue();
        connection.end();
        assertThat(connection.working()).isTrue();
        assertThat(connection.atWork()).isTrue();
        connection.end();
        assertThat(connection.working()).isFalse();
        assertThat(connection.begun()).isEqualTo(2);
        assertThat(counts.completed()).isEqualTo(2);

        connection.end();
        assertThat(counts.completed()).as("one too many is none").isEqualTo(2);
        assertThat(connection.working()).isFalse();
    }

    /** As a proxy's may within hours: fewer than none would be taken for a client that never asked. */
    @Test
    void countsNoMoreRequestsThanThereAreNumbers() throws ReflectiveOperationException {
        TrackedConnection connection = open();
        Field begun = TrackedConnection.class.getDeclaredField("begun");
        begun.setAccessible(true);
        begun.setInt(connection, Integer.MAX_VALUE - 1);
        for (int i = 0; i < 3; i++) {
            connection.begin();
            connection.end();
        }

        assertThat(connection.begun()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void isActiveWhenItEndsItsWork() {
        TrackedConnection connection = open();
        connection.begin();
        pass(7);
        connection.end();

        assertThat(connection.lastActive()).isEqualTo(7 * SECOND);
    }

    @Test
    void isActiveWhenBytesComeOrGo() {
        TrackedConnection connection = open();
        assertThat(connection.received()).isFalse();
        pass(1);
        connection.touch();
        assertThat(connection.received()).isTrue();
        assertThat(connection.lastActive()).isEqualTo(SECOND);
        pass(2);
        connection.sent();
        assertThat(connection.lastActive()).isEqualTo(3 * SECOND);
    }

    @Test
    void isNotActiveWhenASecondRequestBeginsBesideTheFirst() {
        TrackedConnection connection = open();
        connection.begin();
        pass(3);
        connection.begin();

        assertThat(connection.lastActive()).isZero();
    }

    @Test
    void isNotAtWorkWhileItsClientHasToGoOn() {
        TrackedConnection connection = open();
        connection.begin();
        connection.unfinished(true);
        assertThat(connection.working()).isTrue();
        assertThat(connection.atWork()).isFalse();
        connection.unfinished(true);
        connection.unfinished(false);
        assertThat(connection.atWork()).isTrue();
        connection.end();
        assertThat(connection.working()).isFalse();
    }

    @Test
    void beginsNothingOnceItIsClaimedAndIsClaimedOnce() {
        TrackedConnection connection = open();
        assertThat(connection.claim()).isTrue();

        assertThat(connection.begin()).isFalse();
        assertThat(connection.claim()).isFalse();
        connection.end();
        assertThat(counts.completed()).isZero();
    }

    @Test
    void isNotClaimedWhileItWorksUnlessItsClientHasToGoOn() {
        TrackedConnection connection = open();
        connection.begin();
        assertThat(connection.claimForEviction(true)).isFalse();
        assertThat(connection.claim()).isFalse();
        connection.unfinished(true);
        assertThat(connection.claimForEviction(false)).isFalse();

        assertThat(connection.claimForEviction(true)).isTrue();
        assertThat(connection.working()).isFalse();
    }

    @Test
    void isNeverClaimedOnceItIsKept() {
        TrackedConnection connection = open();
        connection.exemptFromEviction();

        assertThat(connection.claim()).isFalse();
        assertThat(connection.kept()).isTrue();
    }

    @Test
    void isOutOfAllBooksOnceWhoeverClosesItHoweverOften() {
        TrackedConnection connection = open();
        assertThat(counts.held()).isEqualTo(1);
        assertThat(table.size()).isEqualTo(1);
        assertThat(ofListener.size()).isEqualTo(1);
        connection.closed();
        connection.closed();

        assertThat(counts.held()).isZero();
        assertThat(table.size()).isZero();
        assertThat(ofListener.size()).isZero();
        assertThat(table.closedSoFar()).isEqualTo(1);
        assertThat(connection.begin()).isFalse();
    }

    @Test
    void leavesOnlyWhenItsTurnIsOverAndStaysWithThat() {
        TrackedConnection connection = open();
        pass(10);
        assertThat(connection.leaves()).as("without a bound").isFalse();
        slotsAreWanted(20);
        assertThat(connection.leaves()).as("younger than the bound").isFalse();

        slotsAreWanted(5);
        assertThat(connection.leaves()).isTrue();
        counts.turns.sampled(TenureEstimator.NONE, 100, SECOND);
        assertThat(connection.leaves()).isTrue();
    }

    @Test
    void neverLeavesWhereItIsKept() {
        TrackedConnection connection = open();
        connection.exemptFromEviction();
        pass(10);
        slotsAreWanted(5);

        assertThat(connection.leaves()).isFalse();
    }

    @Test
    void saysThatItForwards() {
        TrackedConnection connection = open();
        assertThat(connection.forwarding()).isFalse();
        connection.forwards();

        assertThat(connection.forwarding()).isTrue();
    }

    /** Two requests, more than two seconds apart, and closed by its client soon after: a source that came back. */
    @Test
    void tellsOfASessionThatItsClientHasEnded() {
        session(0.5, false);
        assertThat(known()).isPositive();
    }

    @Test
    void tellsNothingOfOneThatWasEvicted() {
        session(0.5, true);
        assertThat(known()).isZero();
    }

    @Test
    void tellsNothingOfOneThatEndedLongAfterItsLastRequest() {
        session(11, false);
        assertThat(known()).isZero();
    }

    @Test
    void tellsNothingOfOneRequest() {
        TrackedConnection connection = open();
        pass(3);
        request(connection);
        pass(0.5);
        connection.closed();

        assertThat(known()).isZero();
    }

    @Test
    void tellsNothingOfTwoRequestsOfOnePage() {
        TrackedConnection connection = open();
        request(connection);
        pass(1.9);
        request(connection);
        pass(0.5);
        connection.closed();

        assertThat(known()).isZero();
    }

    @Test
    void tellsNothingOfOneThatWasAskedToLeave() {
        TrackedConnection connection = open();
        request(connection);
        pass(3);
        request(connection);
        slotsAreWanted(1);
        assertThat(connection.leaves()).isTrue();
        connection.closed();

        assertThat(known()).isZero();
    }

    @Test
    void hasHadATurnIfItCameBackSoonerThanHealthyClientsDoThoughSamplesAreALittleLate() {
        healthyClientsPauseForThreeSeconds();
        clients.pace().sampled(SECOND / 5);
        TrackedConnection soon = cameBackAfter(2.5);
        TrackedConnection perhaps = cameBackAfter(2.8);

        slotsAreWanted(100);
        assertThat(perhaps.leaves()).isFalse();
        assertThat(soon.leaves()).isTrue();
    }

    @Test
    void hasNotHadATurnIfOnlyTheSampleIsLate() {
        healthyClientsPauseForThreeSeconds();
        TrackedConnection connection = open();
        request(connection);
        pass(2);
        late = 2 * SECOND;
        request(connection);

        slotsAreWanted(100);
        assertThat(connection.leaves()).isFalse();
    }

    private TrackedConnection cameBackAfter(double seconds) {
        TrackedConnection connection = open();
        request(connection);
        pass(seconds);
        request(connection);
        return connection;
    }

    private void healthyClientsPauseForThreeSeconds() {
        for (int twice = 0; twice < 2; twice++) {
            for (int source = 0; source < 600; source++) {
                clients.pace().finished(source, 3 * SECOND);
            }
            clients.pace().update();
        }
    }

    private int known() {
        clients.history().memory().sweep();
        return clients.history().memory().good();
    }

    private void session(double idle, boolean evicted) {
        TrackedConnection connection = open();
        request(connection);
        pass(2);
        request(connection);
        pass(idle);
        if (evicted) {
            assertThat(connection.claim()).isTrue();
        }
        connection.closed();
    }

    private void request(TrackedConnection connection) {
        connection.begin();
        connection.end();
    }

    private void slotsAreWanted(int boundSeconds) {
        counts.turns.wanted();
        counts.turns.sampled(boundSeconds * SECOND, 100, SECOND);
    }

    private TrackedConnection open() {
        try {
            return table.open(
                    InetAddress.getByName("192.0.2.1"), false, false, counts, ofListener, (Closing how) -> {});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void pass(double seconds) {
        now += Math.round(seconds * SECOND);
        clock.advance(now, Long.MAX_VALUE);
    }
}
