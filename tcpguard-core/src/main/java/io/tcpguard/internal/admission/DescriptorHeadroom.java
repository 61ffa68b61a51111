/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether one more connection fits below the admission threshold, by the kernel's own count. Counting costs 2 µs, a
 * tenth of an accept, so a count permits some of what it found free, and a "full" stands until a connection closes,
 * 5 ms at most.
 *
 * <p>Each admission takes a permit, or is the one that the newest count was made for. Permits come only from a thread
 * that found none, and only if no other count was noted since before its own was begun: so a count never permits
 * more than a newer one allows, however late it is noted. All others who count, such as the sampler, can only take
 * permits away.
 *
 * <p>Connections alone never pass the admission threshold. If something else opens descriptors after a count, they pass
 * it by as many as were permitted at most: a quarter of the reserve ({@link #mostPermits}). Several threads may ask
 * at once: no lock, no allocation; whoever must count again does so because another count was noted meanwhile.
 */
final class DescriptorHeadroom {
    private static final long FULL_STANDS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int PERMIT_BITS = 16;
    private static final long PERMITS = (1L << PERMIT_BITS) - 1;

    private final LongSupplier count;

    /** Counts noted so far, in the upper bits; permits in the lower ones. */
    private final AtomicLong word = new AtomicLong();

    private volatile long admissionThreshold = Long.MAX_VALUE;
    private volatile long mostPermits;
    private volatile long lastCount = -1;
    private volatile long fullAt;
    private volatile long closedAtFull = -1;

    /** @param count descriptors open now, the new connection's too; negative if not known */
    DescriptorHeadroom(LongSupplier count) {
        this.count = count;
    }

    /**
     * From the sampler, at any time after it counted: the limits may change at run time, and others open descriptors
     * too.
     */
    void update(long admissionThreshold, long reserve, long used) {
        this.mostPermits = mostPermits(reserve);
        this.admissionThreshold = admissionThreshold;
        lower(used);
    }

    /** A quarter of the reserve; below a reserve of four each new connection is counted. */
    static long mostPermits(long reserve) {
        return Math.max(0, Math.min(PERMITS, reserve / 4));
    }

    /** Whether the connection just accepted fits. Any thread. */
    boolean fits(long now, long closedSoFar) {
        while (true) {
            if (admissionThreshold == Long.MAX_VALUE) {
                return true;
            }
            long seen = look();
            if (permits(seen) > 0) {
                if (take(seen)) {
                    return true;
                }
                continue;
            }
            if (closedSoFar == closedAtFull && now - fullAt < FULL_STANDS) {
                return false;
            }
            long used = count.getAsLong();
            if (used < 0) {
                lower(used);
                return true;
            }
            if (used > admissionThreshold) {
                lower(used);
                fullAt = now;
                closedAtFull = closedSoFar;
                return false;
            }
            if (grant(seen, used)) {
                return true;
            }
        }
    }

    /** What stands now. To be had before a count is begun that is to permit anything. */
    long look() {
        return word.get();
    }

    static long permits(long seen) {
        return seen & PERMITS;
    }

    /** Takes one of the permits that were seen. False if they are not as seen any more. */
    boolean take(long seen) {
        return word.compareAndSet(seen, seen - 1);
    }

    /** Notes a count that was begun after {@code seen}. False, and nothing is noted, if another one was noted since. */
    boolean grant(long seen, long used) {
        if (!word.compareAndSet(seen, next(seen, worth(used)))) {
            return false;
        }
        lastCount = used;
        return true;
    }

    /** Notes a count of any age: it can only take away. */
    void lower(long used) {
        lastCount = used;
        long worth = worth(used);
        long seen = word.get();
        while (!word.compareAndSet(seen, next(seen, Math.min(permits(seen), worth)))) {
            seen = word.get();
        }
    }

    /** Descriptors above the admission threshold right now, the new connection's too. */
    long excess() {
        return countNow() - admissionThreshold;
    }

    /** Descriptors open right now, the new connection's too; negative if not known. */
    long countNow() {
        long used = count.getAsLong();
        lower(used);
        return used;
    }

    /** How many are left below the admission threshold, by the last count noted; a guess. */
    long free() {
        long used = lastCount;
        return used < 0 ? Long.MAX_VALUE : admissionThreshold - used;
    }

    /**
     * Whether the last count noted is within as much of the admission threshold as is kept in reserve beyond it. A
     * guess, for fairness.
     */
    boolean scarce(long reserve) {
        return lastCount > admissionThreshold - reserve;
    }

    /** A quarter of what is free: the rest is for those who open descriptors unseen. */
    private long worth(long used) {
        long point = admissionThreshold;
        return used < 0 || used >= point ? 0 : Math.min(mostPermits, (point - used) / 4);
    }

    private static long next(long seen, long permits) {
        return (seen & ~PERMITS) + (1L << PERMIT_BITS) + permits;
    }
}
