/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Transition;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The way of transitions from the sampler to the listeners, on another thread. If they come faster than they are taken
 * only the newest is told.
 */
public final class TransitionFanout {
    private static final GuardLog LOG = GuardLog.of(TransitionFanout.class);

    private static final long LONG = TimeUnit.SECONDS.toNanos(10);

    private final List<GuardListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<Transition> waiting = new AtomicReference<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Executor executor;
    private final Runnable delivery = this::deliver;
    private volatile @Nullable GuardListener busy;
    private volatile long busySince;
    /** The sampler's own. */
    private boolean complained;

    public TransitionFanout(Executor executor) {
        this.executor = executor;
    }

    public void add(GuardListener listener) {
        listeners.add(listener);
    }

    public void publish(GuardSnapshot before, GuardSnapshot after) {
        waiting.getAndUpdate(t -> new Transition(t == null ? before : t.before(), after));
        if (!asked.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(delivery);
        } catch (RuntimeException | Error e) {
            // No memory for it, or it stops: told together with the next one, if there is one.
            asked.set(false);
        }
    }

    private void deliver() {
        asked.set(false);
        Transition transition = waiting.getAndSet(null);
        if (transition == null) {
            return;
        }
        for (GuardListener listener : listeners) {
            try {
                busySince = AwakeTime.nanoTime();
                busy = listener;
                listener.onTransition(transition);
            } catch (RuntimeException | Error e) {
                complain(listener, transition, e);
            }
        }
        busy = null;
    }

    /** Once a sample: says so of a listener that does not return. One thread. */
    public void sampled(long now) {
        GuardListener at = busy;
        if (at == null) {
            complained = false;
        } else if (!complained && now - busySince >= LONG) {
            complained = true;
            LOG.warn(
                    "tcpguard: a listener has been at a transition for {} s, and none is told of another until it "
                            + "returns: {}",
                    TimeUnit.NANOSECONDS.toSeconds(now - busySince),
                    at.getClass().getName());
        }
    }

    private static void complain(GuardListener listener, Transition transition, Throwable e) {
        try {
            LOG.warn(
                    "tcpguard: listener {} failed on {}",
                    listener,
                    transition.after().level(),
                    e);
        } catch (RuntimeException | Error again) {
            // Out of descriptors or memory, even logging can fail, and so can the listener's own name.
        }
    }
}
