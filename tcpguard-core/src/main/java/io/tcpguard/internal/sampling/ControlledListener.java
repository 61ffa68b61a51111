/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.admission.ListenerCounts;
import io.tcpguard.internal.engine.ListenerCondition;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.RateLimitedLog;
import java.util.concurrent.TimeUnit;

/**
 * What the engine hears of one listener. An adapter that fails must not end the sampling of everything else: what it
 * said last stands. Only for the sampler's thread.
 */
public final class ControlledListener implements ListenerCondition {
    private static final GuardLog LOG = GuardLog.of(ControlledListener.class);

    private final String name;
    private final ListenerControl control;
    private final RateLimitedLog trouble = new RateLimitedLog(LOG, TimeUnit.MINUTES.toNanos(1));
    private final ListenerCounts counts;
    private boolean accepting = true;
    private boolean serving = true;
    private boolean full;
    private int untrackedConnections;

    /** @param counts of what the guard was asked about */
    public ControlledListener(String name, ListenerControl control, ListenerCounts counts) {
        this.name = name;
        this.control = control;
        this.counts = counts;
    }

    @Override
    public boolean accepting() {
        try {
            accepting = control.accepting();
        } catch (RuntimeException | Error e) {
            complain(e);
        }
        return accepting;
    }

    @Override
    public boolean serving() {
        try {
            serving = control.serving();
        } catch (RuntimeException | Error e) {
            complain(e);
        }
        return serving;
    }

    /** Connections that come without a question show progress by their number. */
    @Override
    public long accepts() {
        return counts.accepts().sum() + untrackedConnections();
    }

    @Override
    public int inHand() {
        return counts.inHand();
    }

    @Override
    public int held() {
        return counts.held();
    }

    @Override
    public long completed() {
        return counts.completed();
    }

    @Override
    public boolean full() {
        try {
            full = control.full();
        } catch (RuntimeException | Error e) {
            complain(e);
        }
        return full;
    }

    @Override
    public int untrackedConnections() {
        try {
            untrackedConnections = Math.max(0, control.untrackedConnections());
        } catch (RuntimeException | Error e) {
            complain(e);
        }
        return untrackedConnections + counts.ofFormerRuns();
    }

    private void complain(Throwable e) {
        trouble.warn(
                "tcpguard: listener " + name + " could not be asked for its state; its last answer is used",
                e,
                AwakeTime.nanoTime());
    }
}
