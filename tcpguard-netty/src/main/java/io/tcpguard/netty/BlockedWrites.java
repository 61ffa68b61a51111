/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the client of a connection takes what is sent to it. Looked at again and again while slots are scarce, so
 * that no answer pays for it; what is read here of another's event loop may be a little old. {@link Outgoing} is
 * asked of connections that look idle, these are at work.
 */
final class BlockedWrites {
    private static final long NOTHING_WAITS = Long.MIN_VALUE;

    private final ConnectionTracker tracker;
    private volatile long position = NOTHING_WAITS;

    BlockedWrites(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    /** One look at a time. */
    void look() {
        long before = position;
        long now = now();
        position = now;
        if (now != NOTHING_WAITS && now == before) {
            tracker.waits.takesNothing(true);
            if (moved()) {
                // All of it, just now: the end of the work has looked too early.
                tracker.waits.takesNothing(false);
            }
        } else {
            if (before != NOTHING_WAITS && tracker.handle().working()) {
                tracker.handle().sent();
            }
            WorkSource source = tracker.workSource();
            if (now == NOTHING_WAITS && source != null && source.hasWindows()) {
                tracker.onItsLoop(() -> tracker.waits.takesNothing(source.windowsStandStill()));
            } else {
                tracker.waits.takesNothing(false);
            }
        }
    }

    /** Whether anything has left since the last look. */
    boolean moved() {
        return position != now();
    }

    /** Changes with each byte that leaves; more bytes behind them change nothing. */
    private long now() {
        ChannelOutboundBuffer buffer = tracker.channel().unsafe().outboundBuffer();
        if (buffer == null || buffer.totalPendingWriteBytes() == 0) {
            return NOTHING_WAITS;
        }
        @Nullable Object first = buffer.current();
        return (Integer.toUnsignedLong(System.identityHashCode(first)) << 31) ^ buffer.currentProgress();
    }
}
