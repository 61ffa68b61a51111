/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** 64 MiB of heap of which 48 may be in use, and connections of 32 KiB, or 64 at work: it bears 768 of those. */
class HeapGrowthTest {
    private static final long MIB = 1 << 20;
    private static final int EACH = 32 * 1024;
    private static final long SAMPLE = 20_000_000L;
    private static final int A_SECOND = 192;
    private static final int BURST = 48;

    private final Fake heap = new Fake();
    private final HeapGrowth growth = new HeapGrowth(heap);
    private long now;

    private static final class Fake implements HeapGrowth.Heap {
        long inUse;
        long left = -1;
        long collections;

        @Override
        public long inUseBytes() {
            return inUse;
        }

        @Override
        public long leftBytes() {
            return left;
        }

        @Override
        public long admissionThreshold() {
            return 48 * MIB;
        }

        @Override
        public long collections() {
            return collections;
        }

        void collected(long bytes) {
            collections++;
            left = bytes;
        }
    }

    /** As many as come in of those who come all the time. */
    private long flood(long held, double seconds) {
        for (long end = now + (long) (seconds * 1e9); now < end; now += SAMPLE) {
            held = Math.max(held, growth.atOnce(held, EACH, now));
        }
        return held;
    }

    @Test
    void areAsManyAtOnceAsTheHeapIsSureToBear() {
        heap.inUse = 16 * MIB;

        assertThat(growth.atOnce(100, EACH, 0)).isEqualTo(100 + 32 * MIB / (2 * EACH));
    }

    @Test
    void becomeMoreByAQuarterOfWhatItBearsASecondWhereGarbageMayHideThatItIsFull() {
        heap.inUse = 60 * MIB;

        assertThat(flood(100, 2)).isBetween(100L + 2 * A_SECOND, 100L + 2 * A_SECOND + BURST);
    }

    @Test
    void areNotSlowedWhereACollectionHasShownThatThereIsRoom() {
        heap.inUse = 60 * MIB;
        heap.collected(16 * MIB);

        assertThat(growth.atOnce(100, EACH, 0)).isEqualTo(100 + 512);
        assertThat(growth.atOnce(500, EACH, SAMPLE)).as("of the same room").isEqualTo(100 + 512);
        assertThat(flood(612, 1)).as("when it is taken").isLessThanOrEqualTo(612 + A_SECOND + BURST);
    }

    @Test
    void mayComeForOthersWhoLeft() {
        heap.inUse = 60 * MIB;
        heap.collected(47 * MIB);
        flood(600, 1);

        for (int i = 0; i < 1000; i++) {
            now += SAMPLE;
            assertThat(growth.atOnce(500, EACH, now)).isGreaterThanOrEqualTo(500 + BURST);
        }
    }

    @Test
    void growNoFasterForASamplerThatIsLate() {
        heap.inUse = 60 * MIB;
        flood(100, 1);
        now += 10_000_000_000L;

        assertThat(growth.atOnce(300, EACH, now)).isLessThanOrEqualTo(300 + BURST);
    }

    @Test
    void areNotSlowedInALargeHeap() {
        HeapGrowth large = new HeapGrowth(new HeapGrowth.Heap() {
            @Override
            public long inUseBytes() {
                return 8192 * MIB;
            }

            @Override
            public long leftBytes() {
                return -1;
            }

            @Override
            public long admissionThreshold() {
                return 7000 * MIB;
            }

            @Override
            public long collections() {
                return 0;
            }
        });

        assertThat(large.atOnce(0, EACH, 0)).as("within a quarter of a second").isGreaterThan(5_000);
    }
}
