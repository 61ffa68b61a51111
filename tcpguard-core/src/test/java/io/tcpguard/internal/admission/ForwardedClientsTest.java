/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.RefusalCounters.Rank;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Work is given up when it is ten seconds late. */
class ForwardedClientsTest {
    private static final long NOT_LATE = -1;
    private static final long LATE = 600;
    private static final long VERY_LATE = 5_500;

    private final CoarseClock clock = new CoarseClock(0);
    private final SourceMemory memory = new SourceMemory(clock);
    private final ForwardedClients clients = new ForwardedClients(memory, clock, TimeUnit.SECONDS.toNanos(10));
    private long now;

    @Test
    void servesKnownGoodClientsWhileUnknownOnesAreRefusedAndSomeOfTheseHaveATurn() {
        knowUsers();
        int strangers = 0;
        for (int i = 0; i < 800; i++) {
            assertThat(clients.came(user(i % 100), VERY_LATE)).isFalse();
            strangers += clients.came(stranger(i), VERY_LATE) ? 0 : 1;
        }

        assertThat(strangers).isBetween(90, 101);
        assertThat(clients.shares()).contains("known good 800 served and 0 refused");
    }

    @Test
    void refusesNobodyInAHiccupWhoHasNotComeBackAgainAndAgain() {
        knowUsers();
        for (int i = 0; i < 1_000; i++) {
            assertThat(clients.came(user(i % 100), LATE)).isFalse();
            assertThat(clients.came(stranger(i), LATE)).isFalse();
        }
    }

    @Test
    void refusesAtOnceWhoWasRefusedFourTimesInAMinuteAndForgivesHimWhenHeHasWaited() {
        knowUsers();
        for (int i = 0; i < 4; i++) {
            clients.came(user(1), VERY_LATE);
            assertThat(clients.came(stranger(1), VERY_LATE)).isTrue();
        }

        assertThat(clients.came(stranger(1), LATE)).isTrue();
        assertThat(clients.came(stranger(2), LATE)).isFalse();
        pass(121);
        assertThat(clients.came(stranger(1), LATE)).isFalse();
    }

    @Test
    void servesAllWhereHardlyAnybodyIsKnownOrNobodyKnownComes() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(clients.came(stranger(i), VERY_LATE)).isFalse();
        }
        knowUsers();
        pass(2);
        for (int i = 0; i < 1_000; i++) {
            assertThat(clients.came(stranger(i), VERY_LATE)).isFalse();
        }
    }

    @Test
    void isNotKnownForGoodByAThousandRequestsOfOneMinute() {
        knowUsers();
        for (int i = 0; i < 1_000; i++) {
            clients.came(stranger(1), NOT_LATE);
        }
        clients.came(user(1), VERY_LATE);

        assertThat(clients.came(stranger(1), VERY_LATE)).isTrue();
    }

    @Test
    void learnsNobodyWhileWorkIsLate() {
        knowUsers();
        for (int i = 0; i < 5; i++) {
            clients.came(stranger(1), LATE);
            pass(60);
        }
        clients.came(user(1), VERY_LATE);

        assertThat(clients.came(stranger(1), VERY_LATE)).isTrue();
    }

    @Test
    void whatIsNoAddressIsServedAndNotRemembered() {
        knowUsers();
        for (int i = 0; i < 10; i++) {
            clients.came(user(1), VERY_LATE);
            assertThat(clients.came("unknown", VERY_LATE)).isFalse();
        }
    }

    @Test
    void isNotTakenForWhoeverConnectsFromTheSameAddress() throws Exception {
        knowUsers();
        SourceKey key = new SourceKey();
        key.set(InetAddress.getByName(user(1)), new SourceKey.Memory());

        assertThat(memory.rank(key.id())).isEqualTo(Rank.UNKNOWN);
        assertThat(memory.forget(key.id())).isFalse();
        assertThat(clients.knownGood(ForwardedClients.id(user(1)))).isTrue();
    }

    /** A hundred users who come every twenty seconds. */
    private void knowUsers() {
        for (int round = 0; round < 9; round++) {
            for (int i = 0; i < 100; i++) {
                assertThat(clients.came(user(i), NOT_LATE)).isFalse();
            }
            pass(20);
        }
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            clock.advance(now);
            memory.sweep();
        }
    }

    private static String user(int n) {
        return "2001:db8:0:" + Integer.toHexString(n) + "::1";
    }

    private static String stranger(int n) {
        return "198.51." + n / 256 + "." + n % 256;
    }
}
