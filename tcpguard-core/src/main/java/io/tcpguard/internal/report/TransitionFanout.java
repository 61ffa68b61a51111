/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Transition;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of transitions from the sampler to the listeners, on another thread. If they come faster than they are taken
 * only the newest is told.
 */
public final class TransitionFanout {
    private static final Logger LOG = LoggerFactory.getLogger(TransitionFanout.class);

    private final List<GuardListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<Transition> waiting = new AtomicReference<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Executor executor;

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
            executor.execute(this::deliver);
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
                listener.onTransition(transition);
            } catch (RuntimeException | Error e) {
                complain(listener, transition, e);
            }
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
