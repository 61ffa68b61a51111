/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.spi.Drain;
import io.tcpguard.spi.Pacing;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The connections of some ports while these are drained. One drain's, on its thread; the connections' own event loops
 * do what it says.
 */
final class NettyDrain implements Drain.Connections {
    /** Idle at two looks in a row: what is between the socket and its event loop is no more idle at the second. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(Pacing.CLOSE_GRACE_MILLIS);

    /**
     * Between two tasks for one connection that came to nothing: its codec is not known yet, or it is the application's
     * own.
     */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Ports ports;
    private final Map<ConnectionTracker, Long> asked = new HashMap<>();
    private final Map<ConnectionTracker, Long> idleSince = new HashMap<>();
    private final Map<ConnectionTracker, Long> closing = new HashMap<>();

    NettyDrain(Ports ports) {
        this.ports = ports;
    }

    @Override
    public void leave(boolean all) {
        ports.leave(true);
        long now = System.nanoTime();
        for (ConnectionTracker tracker : ports.connections()) {
            if (!tracker.toldToGo() && (all || !tracker.atWork()) && mayAsk(tracker, now)) {
                tracker.onItsLoop(() -> tracker.tellToGo(all));
            }
        }
    }

    @Override
    public int end() {
        long now = System.nanoTime();
        int open = 0;
        for (ConnectionTracker tracker : ports.connections()) {
            if (!isOver(tracker, now)) {
                open++;
            }
        }
        return open;
    }

    /** True if it needs no more waiting. */
    private boolean isOver(ConnectionTracker tracker, long now) {
        if (!tracker.toldLast()) {
            tracker.onItsLoop(tracker::tellLast);
        }
        if (tracker.isClosing()) {
            Long since = closing.putIfAbsent(tracker, now);
            // If its event loop does not come to it, a stop will end it.
            return since != null && now - since >= 2 * GRACE_NANOS;
        }
        if (tracker.atWork()) {
            idleSince.remove(tracker);
            return false;
        }
        Long since = idleSince.putIfAbsent(tracker, now);
        // The first request of a new connection may be on its way, and who has the last answer is closing.
        long patience = tracker.asked() && !tracker.hasLastAnswer() ? IDLE_NANOS : GRACE_NANOS;
        if (since != null && now - since >= patience) {
            tracker.onItsLoop(tracker::endIdle);
            idleSince.put(tracker, now + AGAIN_NANOS);
        }
        return false;
    }

    private boolean mayAsk(ConnectionTracker tracker, long now) {
        Long last = asked.get(tracker);
        if (last != null && now - last < AGAIN_NANOS) {
            return false;
        }
        asked.put(tracker, now);
        return true;
    }

    @Override
    public void stay() {
        ports.leave(false);
    }
}
