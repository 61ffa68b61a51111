/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.spi.Drain;
import io.tcpguard.spi.DrainPatience;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The connections of some ports while these are drained. One drain's, on its thread; the connections' own event loops
 * do what it says.
 */
final class NettyDrain implements Drain.Connections {
    /**
     * Between two tasks for one connection that came to nothing: its codec is not known yet, or it is the application's
     * own.
     */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Ports ports;
    private final Map<ConnectionTracker, Long> asked = new HashMap<>();
    private final DrainPatience<ConnectionTracker> patience = new DrainPatience<>();

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
            patience.closing(tracker, now);
            // If its event loop does not come to it, a stop will end it.
            return patience.isOverdue(tracker, now);
        }
        // Who has the last answer is closing.
        if (patience.mayClose(tracker, tracker.atWork(), tracker.asked() && !tracker.hasLastAnswer(), now)) {
            tracker.onItsLoop(tracker::endIdle);
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
