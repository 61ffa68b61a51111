/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Scope;
import io.tcpguard.signal.Signal;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Whether what the network namespace shows can be this process's: containers and processes share it, and a neighbour's
 * lost connections are no reason to warn here. Drops are a full queue's: they are ours only if a queue of ours was half
 * full lately. Other signals of the namespace concern a process that has connections. Where no queue can be read,
 * everything is taken for ours, drops after a while.
 */
final class OwnQueues {
    private static final long LATELY = TimeUnit.SECONDS.toNanos(10);
    private static final double CROWDED = 0.5;

    private boolean known;
    private boolean blind;
    private boolean readableOnce;
    private long readableAt;
    private boolean crowdedOnce;
    private long crowdedAt;
    private boolean inUseOnce;
    private long inUseAt;
    private boolean crowded;
    private boolean inUse;

    void step(List<Watch> watches, long own, long now) {
        known = false;
        boolean waiting = false;
        boolean unreadable = false;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.signal() != Signal.ACCEPT_QUEUE) {
                continue;
            }
            if (watch.reading() instanceof Reading.Unavailable none) {
                // Not looked at yet, or no longer there: nobody waits in it.
                unreadable |= none.cause() != Cause.NOTHING_TO_WATCH;
            } else if (watch.reading() instanceof Reading.Measured queue) {
                known = true;
                waiting |= queue.used() > 0;
                if (queue.pressure() >= CROWDED) {
                    crowdedOnce = true;
                    crowdedAt = now;
                }
            }
        }
        if (waiting || own > 0) {
            inUseOnce = true;
            inUseAt = now;
        }
        if (!unreadable) {
            readableOnce = true;
            readableAt = now;
        }
        blind = !readableOnce || now - readableAt >= LATELY;
        crowded = crowdedOnce && now - crowdedAt < LATELY;
        inUse = inUseOnce && now - inUseAt < LATELY;
    }

    /** Whether this signal tells of somebody else. */
    boolean ofOthers(Signal signal) {
        if (signal == Signal.LISTEN_DROPS) {
            return !crowded && !blind;
        }
        return known && signal.scope() == Scope.NETWORK_NAMESPACE && !inUse;
    }
}
