/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One tracked connection. What requests touch is here, free of locks; its place in the table is the table's, under
 * the table's lock.
 */
final class TrackedConnection extends ListEntry implements ConnectionHandle {
    private static final AtomicIntegerFieldUpdater<TrackedConnection> WORK =
            AtomicIntegerFieldUpdater.newUpdater(TrackedConnection.class, "work");
    private static final AtomicIntegerFieldUpdater<TrackedConnection> GONE =
            AtomicIntegerFieldUpdater.newUpdater(TrackedConnection.class, "gone");
    /** {@link #work} of a connection that the guard closes, or that is closed. */
    private static final int OVER = -1;

    /** 17 ms, as {@code 1 << TICK} nanoseconds: about a sample. */
    private static final int TICK = 24;

    /** Beside the number in {@link #work}: all of it waits for the client. */
    private static final int UNFINISHED = 1 << 30;

    final ConnectionCloser closer;
    private final ConnectionTable table;
    private final boolean waited;
    private final long openedAt;
    private final ListenerCounts counts;

    /** How much work is in progress, and whether it waits for the client; {@link #OVER} once it is closed. */
    private volatile int work;

    private volatile int gone;
    private volatile long lastActive;
    private volatile boolean received;
    private volatile boolean kept;
    /** Written by whoever reports activity; a lost update costs one sample of the learner. */
    private short longestGap = -1;

    /** The same: as far as its session has come. */
    private short reached = -1;

    /** In {@link #ticks}: when the last request had ended, from the opening, and the shortest pause. */
    private int endedAfter;

    private short shortestPause = Short.MAX_VALUE;

    /** Came back sooner than healthy clients do. */
    private boolean hurried;

    /** Its client says that it speaks for others. */
    private volatile boolean forwards;
    /** Told to give its slot back. */
    private volatile boolean leaving;

    /** Requests that began, up to the largest number; of two at once one may be missed. */
    private int begun;

    /** To remember its client by, behind a trusted proxy; 0: it is its peer. */
    private volatile long client;

    /** Set before the adapter has it. */
    int sourceHash;

    /** Whose it is, to be named in the log; set before the adapter has it. */
    @Nullable InetAddress address;

    /** Its place among those of its listener, where that has a table of its own; set before the adapter has it. */
    @Nullable ListenerEntry atListener;

    TrackedConnection(ConnectionTable table, boolean waited, ListenerCounts counts, ConnectionCloser closer) {
        this.table = table;
        this.waited = waited;
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
                    paused();
                }
                begun = Math.max(begun, begun + 1);
                return true;
            }
        }
        return false;
    }

    @Override
    public void end() {
        for (int now = work; now > 0 && count(now) > 0; now = work) {
            // First, or an evictor would see it idle since its work began.
            long at = table.now();
            stamp(at);
            endedAfter = ticks(at - openedAt);
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
            longestGap = (short) table.clients().gaps().cameBack(sourceHash, longestGap, now - lastActive);
            if (now - openedAt >= TenureEstimator.next(reached)) {
                reached = (short) table.clients().tenure().reached(sourceHash, reached, now - openedAt);
            }
        }
        if (!received && table.clients().pace().sure()) {
            table.clients().silence().came(sourceHash, now - openedAt);
        }
        used(now);
    }

    /** Between two whole requests: other bytes, and the end of a client's, are no sign of its pace. */
    private void paused() {
        int pause = ticks(lastActive - openedAt) - endedAfter;
        if (begun > 0 && pause >= PaceEstimator.LEAST >> TICK) {
            shortestPause = (short) Math.min(shortestPause, pause);
            PaceEstimator pace = table.clients().pace();
            // The next sample may be late, so the system is asked before it is said of anybody.
            hurried |= pace.hurried((long) pause << TICK)
                    && pace.hurried(table.clients().clock().exactly() - openedAt - ((long) endedAfter << TICK));
        }
    }

    private static int ticks(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, nanos >> TICK);
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
    public boolean leaves() {
        if (!leaving && !kept && counts.turns.isOver(table.now() - openedAt, hurried)) {
            leaving = true;
        }
        return leaving;
    }

    @Override
    public void forwards() {
        forwards = true;
    }

    @Override
    public void forwardedFor(CharSequence address) {
        forwards = true;
        client = ForwardedClients.id(address);
    }

    @Override
    public void exemptFromEviction() {
        kept = true;
    }

    @Override
    public void closed() {
        if (gone == 0 && GONE.compareAndSet(this, 0, 1)) {
            int before = WORK.getAndSet(this, OVER);
            settle(before);
            table.remove(this);
            ListenerEntry entry = atListener;
            if (entry != null) {
                entry.table().remove(entry);
            }
            counts.closed();
            learn(before == OVER);
        }
    }

    /** It is closed: what it tells of its client, and of all. */
    private void learn(boolean evicted) {
        ClientModel clients = table.clients();
        long idle = table.now() - lastActive;
        if (begun == 1 && idle < AdaptiveQueueWait.AT_ONCE) {
            clients.patience().leftAtOnce(waited);
        }
        clients.tenure().closed(reached);
        boolean ended = !evicted && !leaving && !kept && idle < clients.gaps().floorNanos();
        if (ended && begun > 1 && lastActive - openedAt >= TenureEstimator.LEAST) {
            clients.finished(client, source);
            if (shortestPause < Short.MAX_VALUE) {
                clients.pace().finished(sourceHash, (long) shortestPause << TICK);
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
        ListenerEntry entry = atListener;
        if (entry != null) {
            entry.table().unfinished(oneMore);
        }
    }

    @Override
    TrackedConnection handle() {
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

    long client() {
        return client;
    }

    boolean forwarding() {
        return forwards;
    }

    int begun() {
        return begun;
    }

    long lastActive() {
        return lastActive;
    }
}
