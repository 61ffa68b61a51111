package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Whether one more connection fits below the refusal point, by the kernel's own count. Counting costs 2 µs, a tenth of an accept, so
 * far from the limit a count vouches for a quarter of what it found free, and a "full" stands until a connection closes, 5 ms at
 * most.
 */
final class DescriptorRoom {
    private static final long FULL_STANDS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LongSupplier count;
    private final AtomicInteger vouchedFor = new AtomicInteger();
    private volatile long refusalPoint = Long.MAX_VALUE;
    private volatile long lastCount = -1;
    private volatile long fullAt;
    private volatile long closedAtFull = -1;

    /** @param count descriptors open now, the newcomer's too; negative if not known */
    DescriptorRoom(LongSupplier count) {
        this.count = count;
    }

    /** From the sampler: the limits may change at run time, and others open descriptors too. */
    void update(long refusalPoint, long used) {
        this.refusalPoint = refusalPoint;
        note(used);
    }

    /** Whether the connection just accepted fits. Any thread. */
    boolean fits(long now, long closedSoFar) {
        if (refusalPoint == Long.MAX_VALUE || (vouchedFor.get() > 0 && vouchedFor.decrementAndGet() >= 0)) {
            return true;
        }
        if (closedSoFar == closedAtFull && now - fullAt < FULL_STANDS) {
            return false;
        }
        long used = count.getAsLong();
        if (used < 0) {
            return true;
        }
        note(used);
        if (used <= refusalPoint) {
            return true;
        }
        fullAt = now;
        closedAtFull = closedSoFar;
        return false;
    }

    /** Descriptors above the refusal point right now, the newcomer's too. */
    long excess() {
        return countNow() - refusalPoint;
    }

    /** Descriptors open right now, the newcomer's too; negative if not known. */
    long countNow() {
        long used = count.getAsLong();
        note(used);
        return used;
    }

    /** Whether the newest count is within as much of the refusal point as is kept in reserve beyond it. */
    boolean scarce(long reserve) {
        return lastCount > refusalPoint - reserve;
    }

    private void note(long used) {
        lastCount = used;
        vouchedFor.set(used < 0 ? 0 : (int) Math.max(0, Math.min(Integer.MAX_VALUE, (refusalPoint - used) / 4)));
    }
}
