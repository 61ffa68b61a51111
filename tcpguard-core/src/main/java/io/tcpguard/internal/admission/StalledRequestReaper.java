/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.RateLimitedLog;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.state.SignalState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The end of requests that keep threads waiting for their client while other work waits too long for a thread: clients
 * that neither read their answer nor send their request. Descriptors don't show them, and the server's own time-outs
 * (20 s and more) free a thread only long after everybody else's client has gone. {@link #sampled} is the sampler
 * thread's; listeners come and go on any.
 */
public final class StalledRequestReaper {
    /** @param lateMillis how late the work of this listener is; negative: it is not */
    private record WatchedListener(ListenerControl control, LongSupplier lateMillis) {}

    private static final int LOOKS_PER_SECOND = 10;
    private static final long EVERY = TimeUnit.SECONDS.toNanos(1) / LOOKS_PER_SECOND;
    private static final double LEAST_PATIENCE = 0.25;

    private final long patience;
    private final long stalledAfter;
    private final EvictionRate rate;
    private final RefusalCounters shed;
    private final ResetBudget resets;
    private final List<WatchedListener> listeners = new CopyOnWriteArrayList<>();
    private final RateLimitedLog trouble =
            new RateLimitedLog(GuardLog.of(StalledRequestReaper.class), TimeUnit.MINUTES.toNanos(1));
    private long lookedAt;
    private boolean looked;

    /**
     * Waits for a client as long as {@link Setting#SILENT_FLOOR} says, or less as {@link Setting#STALLED_AFTER} comes
     * near.
     */
    public StalledRequestReaper(GuardConfig config, RefusalCounters shed, ResetBudget resets) {
        patience = config.nanos(Setting.SILENT_FLOOR);
        stalledAfter = config.nanos(Setting.STALLED_AFTER);
        rate = EvictionRate.of(config);
        this.shed = shed;
        this.resets = resets;
    }

    /**
     * Asks this listener too from now on.
     *
     * @param lateMillis how late its work is; negative: it is not
     */
    public void add(ListenerControl control, LongSupplier lateMillis) {
        listeners.add(new WatchedListener(control, lateMillis));
    }

    /** Asks it no more; given as it was added. */
    public void remove(ListenerControl control, LongSupplier lateMillis) {
        listeners.remove(new WatchedListener(control, lateMillis));
    }

    /** Once a sample. */
    public void sampled(GuardSnapshot snapshot, long now) {
        if (looked && now - lookedAt < EVERY) {
            return;
        }
        // A few hundred threads are free again within a second.
        double perSecond = EvictionRate.SILENT_FACTOR * rate.perSecond(snapshot.capacity());
        int most = (int) Math.max(1, perSecond / LOOKS_PER_SECOND);
        for (WatchedListener listener : listeners) {
            long delay = listener.lateMillis.getAsLong();
            if (delay >= 0) {
                looked = true;
                lookedAt = now;
                most = Math.max(0, most - end(listener.control, patience(delay), most, snapshot.capacity(), now));
            }
        }
    }

    /** For how long work waits for a thread just now, on the executor where it waits longest; 0 if nothing is known. */
    static long workDelayNanos(GuardSnapshot snapshot) {
        long worst = 0;
        List<SignalState> signals = snapshot.signals();
        for (int i = 0; i < signals.size(); i++) {
            if (signals.get(i).reading() instanceof Reading.Measured m && m.signal() == Signal.WORK_DELAY) {
                worst = Math.max(worst, m.used());
            }
        }
        return TimeUnit.MILLISECONDS.toNanos(worst);
    }

    /**
     * The later work is, the less: down to a quarter when it is half as late as would fail health and refuse the users
     * inside.
     */
    private long patience(long delayMillis) {
        double late = (double) TimeUnit.MILLISECONDS.toNanos(delayMillis) / stalledAfter;
        return (long) (patience * Math.max(LEAST_PATIENCE, 1 - 2 * late));
    }

    private int end(ListenerControl control, long patienceNow, int most, Capacity capacity, long now) {
        int byReset = resets.take(most, capacity, now);
        int ended = 0;
        try {
            ended = control.endStalledWork(patienceNow, most, byReset == most ? Closing.RESET : Closing.ORDERLY);
        } catch (RuntimeException | Error e) {
            // At the limit the JDK throws Errors, InternalError for one.
            trouble.warn("tcpguard: an adapter could not end stalled requests", e, now);
        }
        boolean reset = byReset == most;
        resets.giveBack(reset ? most - ended : byReset);
        for (int i = 0; i < ended; i++) {
            shed.count(Stage.REQUEST, reset ? Method.RESET : Method.ANSWER, Reason.WORK_DELAY);
        }
        return ended;
    }
}
