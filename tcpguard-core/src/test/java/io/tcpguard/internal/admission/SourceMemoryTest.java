/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.state.RefusalCounters.Rank;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceMemoryTest {
    private static final int MILLION = 1_000_000;

    private final CoarseClock clock = new CoarseClock(0);
    private final SourceMemory memory = new SourceMemory(clock);
    private long now;

    @Test
    void knowsNobodyAtFirst() {
        assertThat(memory.rank(id(1))).isEqualTo(Rank.UNKNOWN);
        assertThat(memory.capacity() * 8).isLessThanOrEqualTo(8 << 10);
    }

    @Test
    void ranksByWhatASourceDid() {
        memory.finished(id(1));
        memory.sat(id(2));
        for (int i = 0; i < SourceMarks.RETRIES; i++) {
            assertThat(memory.rank(id(3))).isEqualTo(Rank.UNKNOWN);
            memory.retried(id(3));
        }

        assertThat(memory.rank(id(1))).isEqualTo(Rank.KNOWN_GOOD);
        assertThat(memory.rank(id(2))).isEqualTo(Rank.KNOWN_BAD);
        assertThat(memory.rank(id(3))).isEqualTo(Rank.KNOWN_BAD);
    }

    @Test
    void forgetsRefusalsOfWhoCameInOrStayedAwayForAMinute() {
        for (int i = 0; i < SourceMarks.RETRIES; i++) {
            memory.retried(id(1));
            memory.retried(id(2));
        }
        memory.letIn(id(1));
        assertThat(memory.rank(id(1))).isEqualTo(Rank.UNKNOWN);

        assertThat(memory.rank(id(2))).isEqualTo(Rank.KNOWN_BAD);
        pass(1);
        assertThat(memory.rank(id(2))).isEqualTo(Rank.UNKNOWN);
    }

    @Test
    void badMarksFadeWithinAQuarterOfAnHourAndGoodOnesWithinAnHour() {
        for (int i = 0; i < 1000; i++) {
            memory.sat(id(1));
            memory.finished(id(2));
        }
        pass(14);
        assertThat(memory.rank(id(1))).isEqualTo(Rank.KNOWN_BAD);
        pass(1);
        assertThat(memory.rank(id(1))).isEqualTo(Rank.UNKNOWN);
        pass(44);
        assertThat(memory.rank(id(2))).isEqualTo(Rank.KNOWN_GOOD);
        pass(1);
        assertThat(memory.rank(id(2))).isEqualTo(Rank.UNKNOWN);
    }

    /** Each user has a session of 20 s, and each sitter is evicted every 15 s. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 20, 200})
    void takesAnAddressOfManyUsersAndAsManySittersForGood(int users) {
        for (int i = 0; i < 2 * users; i++) {
            memory.finished(id(1));
        }
        for (int second = 0; second < 1800; second++) {
            clock.advance(now += TimeUnit.SECONDS.toNanos(1));
            for (int i = 0; i < users; i++) {
                if ((second + i) % 20 == 0) {
                    memory.finished(id(1));
                }
                if ((second + i) % 15 == 0) {
                    memory.sat(id(1));
                }
            }
            assertThat(memory.rank(id(1))).as("after %s s", second).isEqualTo(Rank.KNOWN_GOOD);
        }
    }

    @Test
    void takesWhoWasGoodOnceAndThenOnlySitsForBadInTheEnd() {
        memory.finished(id(1));
        List<Rank> ranks = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            ranks.add(memory.rank(id(1)));
            memory.sat(id(1));
            memory.sat(id(1));
            pass(1);
        }

        assertThat(ranks).startsWith(Rank.KNOWN_GOOD).endsWith(Rank.KNOWN_BAD);
        assertThat(ranks.indexOf(Rank.KNOWN_BAD)).isGreaterThan(ranks.indexOf(Rank.UNKNOWN));
    }

    @Test
    void countsEachKindOfMarkByItselfUpToItsMostAndLetsItFadeByTheMinute() {
        long word = 0;
        for (int i = 0; i < 100; i++) {
            word = SourceMarks.plus(word, id(1), 1, 1, 1, 7);
        }
        assertThat(counts(word)).containsExactly(60, 15, 15);
        assertThat(counts(SourceMarks.plus(SourceMarks.plus(0, id(1), 3, 0, 0, 7), id(1), 0, 2, 1, 7)))
                .containsExactly(3, 2, 1);
        assertThat(SourceMarks.of(word, id(1))).isTrue();
        assertThat(SourceMarks.of(word, id(2))).isFalse();
        assertThat(SourceMarks.of(0, 1)).as("nobody").isFalse();

        assertThat(counts(SourceMarks.aged(word, 7))).containsExactly(60, 15, 15);
        assertThat(counts(SourceMarks.aged(word, 6))).as("a late clock").containsExactly(60, 15, 15);
        assertThat(counts(SourceMarks.aged(word, 8))).containsExactly(59, 14, 11);
        assertThat(counts(SourceMarks.aged(SourceMarks.aged(word, 8), 9))).containsExactly(58, 13, 7);
        assertThat(counts(SourceMarks.aged(word, 11))).containsExactly(56, 11, 0);
        assertThat(counts(SourceMarks.aged(word, 66))).containsExactly(1, 0, 0);
        assertThat(SourceMarks.aged(word, 67)).isZero();
        assertThat(counts(SourceMarks.withoutRetries(word, 7))).containsExactly(60, 15, 0);
        assertThat(SourceMarks.isOf(word, 7)).isTrue();
        assertThat(SourceMarks.isOf(word, 8)).isFalse();
    }

    private static int[] counts(long word) {
        return new int[] {SourceMarks.good(word), SourceMarks.sat(word), SourceMarks.retries(word)};
    }

    /** Good, sat and refusals; as what it ranks by itself, and as what if it is a client behind a proxy. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, KNOWN_GOOD, UNKNOWN",
        "2, 0, 4, KNOWN_GOOD, KNOWN_BAD",
        "3, 3, 9, KNOWN_GOOD, KNOWN_GOOD",
        "3, 4, 0, UNKNOWN, UNKNOWN",
        "2, 3, 0, UNKNOWN, KNOWN_BAD",
        "0, 1, 0, KNOWN_BAD, KNOWN_BAD",
        "0, 0, 3, UNKNOWN, UNKNOWN",
        "0, 0, 4, KNOWN_BAD, KNOWN_BAD"
    })
    void ranksByTheBalanceOfMarks(int good, int sat, int retries, Rank rank, Rank ofClient) {
        long word = SourceMarks.plus(0, id(1), good, sat, retries, 1);

        assertThat(SourceMarks.rank(word)).isEqualTo(rank);
        assertThat(SourceMarks.rankOfClient(word)).isEqualTo(ofClient);
    }

    @Test
    void aNetworkIsBadByFifteenWhoSatInAMinuteUnlessAnythingGoodIsKnown() {
        for (int i = 0; i < 14; i++) {
            memory.satInNetwork(id(1));
        }
        assertThat(memory.badNetwork(id(1))).isFalse();
        memory.satInNetwork(id(1));
        assertThat(memory.badNetwork(id(1))).isTrue();
        memory.finished(id(1));
        assertThat(memory.badNetwork(id(1))).isFalse();
    }

    @Test
    void forgetsOfASetThatIsFullWhoIsLeastWorth() {
        // Nine whose upper bits, by which sets are chosen, are the same.
        long[] same = new long[9];
        for (int i = 0; i < same.length; i++) {
            same[i] = (((long) i + 1) << 29) | 1;
        }
        memory.finished(same[0]);
        for (int i = 0; i < 8; i++) {
            memory.sat(same[i]);
            if (i > 1) {
                memory.sat(same[i]);
            }
        }
        for (int i = 0; i < SourceMarks.RETRIES; i++) {
            memory.retried(same[8]);
        }

        assertThat(memory.rank(same[0])).isEqualTo(Rank.KNOWN_GOOD);
        assertThat(memory.rank(same[1])).as("sat once").isEqualTo(Rank.UNKNOWN);
        for (int i = 2; i < same.length; i++) {
            assertThat(memory.rank(same[i])).isEqualTo(Rank.KNOWN_BAD);
        }
    }

    @Test
    void growsWithItsSourcesAndKeepsThem() {
        for (int i = 0; i < 20_000; i++) {
            memory.sat(id(i));
            if (i % 100 == 0) {
                memory.sweep();
            }
        }
        sweep(40);
        int known = 0;
        for (int i = 0; i < 20_000; i++) {
            known += memory.rank(id(i)) == Rank.KNOWN_BAD ? 1 : 0;
        }

        assertThat(memory.capacity()).isEqualTo(SourceMemory.LEAST << 6);
        assertThat(known).isGreaterThan(19_700);
        assertThat(memory.size()).isBetween(known, 20_000);
        assertThat(memory.bad()).isEqualTo(memory.size());
    }

    @Tag("long")
    @Test
    void remembersAMillionSourcesIn16MebibytesAndTakesNearlyNobodyForAnother() {
        for (int i = 0; i < MILLION; i++) {
            memory.sat(id(i));
            if (i % 1_000 == 0) {
                sweep(2);
            }
        }
        int known = 0;
        int mistaken = 0;
        for (int i = 0; i < MILLION; i++) {
            known += memory.rank(id(i)) == Rank.KNOWN_BAD ? 1 : 0;
            mistaken += memory.rank(id(MILLION + i)) == Rank.UNKNOWN ? 0 : 1;
        }

        assertThat(memory.capacity() * 8L).isEqualTo(16L << 20);
        assertThat(known).isGreaterThan(MILLION * 98 / 100);
        assertThat(mistaken).isLessThan(200);
    }

    @Tag("long")
    @Test
    void keepsTheGoodThroughAFloodOfMoreBadOnesThanItHolds() {
        for (int i = 0; i < 10_000; i++) {
            memory.finished(id(i));
            if (i % 500 == 0) {
                sweep(20);
            }
        }
        for (int i = 0; i < 3 * MILLION; i++) {
            memory.retried(id(10_000 + i));
            if (i % 100_000 == 0) {
                sweep(2);
            }
        }
        int known = 0;
        for (int i = 0; i < 10_000; i++) {
            known += memory.rank(id(i)) == Rank.KNOWN_GOOD ? 1 : 0;
        }

        assertThat(known).isGreaterThan(9_500);
        assertThat(memory.capacity()).isEqualTo(SourceMemory.MOST);
    }

    @Test
    void countsWhomItKnowsAndForgetsThemWhenTheyHaveFaded() {
        for (int i = 0; i < 100; i++) {
            memory.finished(id(i));
            memory.sat(id(1_000 + i));
        }
        sweep(10);
        assertThat(List.of(memory.good(), memory.bad(), memory.size())).containsExactly(100, 100, 200);

        pass(60);
        sweep(10);
        assertThat(memory.size()).isZero();
    }

    @Test
    void forgetsOneSourceWhenTold() {
        memory.sat(id(1));
        memory.sat(id(2));
        memory.forget(id(1));

        assertThat(memory.rank(id(1))).isEqualTo(Rank.UNKNOWN);
        assertThat(memory.rank(id(2))).isEqualTo(Rank.KNOWN_BAD);
    }

    @Test
    void allocatesNothingToMarkOrToAsk() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 20_000; i++) {
                memory.retried(i * 0x9E37_79B9_7F4A_7C15L);
                memory.finished(i * 0x9E37_79B9_7F4A_7C15L);
                memory.rank(i * 0x9E37_79B9_7F4A_7C15L);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }

        assertThat(least).isLessThan(20_000);
    }

    @Test
    void losesNoMoreThanAFewMarksOfManyThreads() throws InterruptedException {
        int perThread = 10_000;
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int first = t * perThread;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 40; i++) {
                    memory.sat(id(first + i));
                    memory.finished(id(-1 - i));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        int known = 0;
        for (int t = 0; t < 4; t++) {
            for (int i = 0; i < 40; i++) {
                known += memory.rank(id(t * perThread + i)) == Rank.KNOWN_BAD ? 1 : 0;
            }
        }
        assertThat(known).isGreaterThan(150);
        assertThat(memory.rank(id(-1))).isEqualTo(Rank.KNOWN_GOOD);
    }

    private void sweep(int times) {
        for (int i = 0; i < times; i++) {
            memory.sweep();
        }
    }

    private void pass(long minutes) {
        now += TimeUnit.MINUTES.toNanos(minutes);
        clock.advance(now);
    }

    /** As {@link SourceKey#id} spreads them. */
    private static long id(long number) {
        long mixed = (number + 1) * 0xFF51_AFD7_ED55_8CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
        return ((mixed ^ (mixed >>> 33)) & ~SourceMarks.CLIENT) | 1;
    }
}
