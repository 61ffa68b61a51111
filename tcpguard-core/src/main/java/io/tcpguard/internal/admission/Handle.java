/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One connection in the books. What requests touch is here, free of locks; its place in the table is the table's, under the
 * table's lock.
 */
final class Handle extends Seat implements ConnectionHandle {
    private static final AtomicIntegerFieldUpdater<Handle> WORK =
            AtomicIntegerFieldUpdater.newUpdater(Handle.class, "work");
    private static final AtomicIntegerFieldUpdater<Handle> GONE =
            AtomicIntegerFieldUpdater.newUpdater(Handle.class, "gone");
    /** {@link #work} of a connection that the guard closes, or that is closed. */
    private static final int OVER = -1;

    /** Beside the number in {@link #work}: all of it waits for the client. */
    private static final int UNFINISHED = 1 << 30;

    final ConnectionCloser closer;
    private final ConnectionTable table;
    private final boolean inACrowd;
    private final long openedAt;
    private final ListenerCounts counts;

    /** How much work is in progress, and whether it waits for the client; {@link #OVER} once it is closed. */
    private volatile int work;

    private volatile int gone;
    private volatile long lastActive;
    private volatile boolean received;
    private volatile boolean kept;
    /** Written by whoever reports activity; a lost update costs one sample of the learner. */
    private int longestGap = -1;

    /** Requests that began; of two at once one may be missed. */
    private int begun;

    /** Set before the adapter has it. */
    int sourceHash;

    /** Whose it is, to be named in the log; set before the adapter has it. */
    @Nullable InetAddress address;

    /** Its place among those of its listener, where that has a table of its own; set before the adapter has it. */
    @Nullable ListenerSeat atListener;

    Handle(ConnectionTable table, boolean inACrowd, ListenerCounts counts, ConnectionCloser closer) {
        this.table = table;
        this.inACrowd = inACrowd;
        this.counts = counts;
        this.closer = closer;
        this.openedAt = table.now();
        this.lastActive = openedAt;
    }

    @Override
    public boolean begin() {
        for (int now = work; now >= 0; now = work) {
            if (WORK.compareAndSet(this, now, now + 1)) {
                if (count(now) == 0) {
                    active();
                }
                begun++;
                return true;
            }
        }
        return false;
    }

    @Override
    public void end() {
        for (int now = work; now > 0 && count(now) > 0; now = work) {
            // First, or an evictor would see it idle since its work began.
            stamp(table.now());
            if (WORK.compareAndSet(this, now, now - 1)) {
                counts.workEnded();
                return;
            }
        }
    }

    @Override
    public void touch() {
        active();
    }

    @Override
    public void sent() {
        used(table.now());
    }

    @Override
    public void unfinished(boolean is) {
        for (int now = work; now >= 0 && is != ((now & UNFINISHED) != 0); now = work) {
            if (WORK.compareAndSet(this, now, now ^ UNFINISHED)) {
                tellUnfinished(is);
                return;
            }
        }
    }

    private void active() {
        long now = table.now();
        if (begun > 0 && now - openedAt >= IdleFloorEstimator.LEAST) {
            longestGap = table.gaps().cameBack(sourceHash, longestGap, now - lastActive);
        }
        used(now);
    }

    private void used(long now) {
        if (!received) {
            received = true;
        }
        stamp(now);
    }

    /** Written only when it changes: a volatile write costs as much as the rest of a request's report. */
    private void stamp(long now) {
        if (now != lastActive) {
            lastActive = now;
        }
    }

    @Override
    public void keep() {
        kept = true;
    }

    @Override
    public void closed() {
        if (gone == 0 && GONE.compareAndSet(this, 0, 1)) {
            settle(WORK.getAndSet(this, OVER));
            table.remove(this);
            ListenerSeat seat = atListener;
            if (seat != null) {
                seat.table().remove(seat);
            }
            counts.closed();
            if (begun == 1 && table.now() - lastActive < AdaptiveQueueWait.AT_ONCE) {
                table.patience().leftAtOnce(inACrowd);
            }
        }
    }

    @Override
    public boolean working() {
        return work > 0;
    }

    @Override
    public boolean claim() {
        return !kept && claimForEviction(false);
    }

    /**
     * From now on {@link #begin()} answers false. False if work is in progress: then nothing changed.
     *
     * @param unfinishedToo whether work that waits for the client is no reason
     */
    boolean claimForEviction(boolean unfinishedToo) {
        int now = work;
        boolean free = now == 0 || (unfinishedToo && now > 0 && (now & UNFINISHED) != 0);
        if (!free || !WORK.compareAndSet(this, now, OVER)) {
            return false;
        }
        settle(now);
        return true;
    }

    private void settle(int before) {
        if (before > 0 && (before & UNFINISHED) != 0) {
            tellUnfinished(false);
        }
    }

    private void tellUnfinished(boolean oneMore) {
        table.unfinished(oneMore);
        ListenerSeat seat = atListener;
        if (seat != null) {
            seat.table().unfinished(oneMore);
        }
    }

    @Override
    Handle handle() {
        return this;
    }

    /** Whether work is in progress that does not wait for its client. */
    boolean atWork() {
        int now = work;
        return now > 0 && (now & UNFINISHED) == 0;
    }

    private static int count(int work) {
        return work & ~UNFINISHED;
    }

    boolean received() {
        return received;
    }

    boolean kept() {
        return kept;
    }

    int begun() {
        return begun;
    }

    long lastActive() {
        return lastActive;
    }
}
