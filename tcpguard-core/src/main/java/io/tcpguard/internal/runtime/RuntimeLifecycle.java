/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.jmx.JmxRegistration;
import io.tcpguard.internal.jmx.Operations;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.sampling.Rehearsal;
import io.tcpguard.internal.text.AddressLiteral;
import io.tcpguard.internal.text.Plain;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardStatus;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The life of one guard: it starts, drains, rehearses, stops and is closed. Its listeners of transitions outlive a
 * stop, and so does what adapters have registered. Any thread; what changes its state waits for what did so before.
 */
public final class RuntimeLifecycle {
    /** It is in each answer of the health port. */
    private static final int LONGEST_REASON = 200;

    private final GuardConfig config;
    private final PublishedSnapshot published;
    private final GuardCounters counters;
    private final List<GuardListener> listeners = new ArrayList<>();
    private final LastingRegistrations registrations = new LastingRegistrations(this::state);
    private boolean closed;
    private @Nullable JmxRegistration jmx;

    private volatile RunState state = RunState.STOPPED;

    /** Not started. */
    public RuntimeLifecycle(GuardConfig config, PublishedSnapshot published, GuardCounters counters) {
        this.config = config;
        this.published = published;
        this.counters = counters;
    }

    /** What runs now; never null. One volatile read. */
    public RunState state() {
        return state;
    }

    /**
     * Begins to guard.
     *
     * @throws IllegalStateException if the health port can't be bound, or the guard was closed
     */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("this guard was closed; build another");
        }
        if (!state.running()) {
            state = RunState.start(config, published, counters, listeners, registrations::heldByOthers);
            registrations.begun();
            show();
        }
    }

    /** As {@code TcpGuard.listen}. */
    public GuardedListener listen(String name, int port, ListenerControl control) {
        return registrations.listen(name, port, control);
    }

    /** As {@code TcpGuard.watchWork}. */
    public Closeable watchWork(String name, Executor executor) {
        return registrations.watchWork(name, executor);
    }

    private void show() {
        String domain = config.text(Setting.JMX_DOMAIN);
        if (state.running() && !domain.equals(Setting.OFF)) {
            jmx = JmxRegistration.register(
                    domain,
                    new Operations(
                            published::snapshot,
                            this::status,
                            counters.shed(),
                            () -> state.incident(),
                            this::operate,
                            () -> operate(null),
                            this::rehearse,
                            this::endRehearsal,
                            this::forgetSource));
        }
    }

    /** As {@code TcpGuard.status}. */
    public GuardStatus status() {
        return published.status(state, counters, AwakeTime.nanoTime());
    }

    /**
     * Takes an operator's word.
     *
     * @param said why an operator drains; null: he does not, or no more
     */
    public synchronized void operate(@Nullable String said) {
        String reason = said == null ? null : Plain.line(said, LONGEST_REASON);
        if (reason != null) {
            state.endRehearsal();
        }
        published.drain(reason);
        state.drain(reason);
    }

    /** As {@code TcpGuard.rehearse}. */
    public void rehearse(Signal signal, double pressure, Duration duration) {
        Rehearsal.check(signal, pressure, duration);
        synchronized (this) {
            state.rehearse(signal, pressure, duration.toNanos());
        }
    }

    /** Nothing if none is on. */
    public synchronized void endRehearsal() {
        state.endRehearsal();
    }

    /** As {@code TcpGuard.forgetSource}. */
    public boolean forgetSource(String address) {
        return state.forgetSource(AddressLiteral.parse(address));
    }

    /** Told of every transition from now on. */
    public synchronized void add(GuardListener listener) {
        listeners.add(listener);
        state.add(listener);
    }

    /** Closes all that was opened, and waits for it. Never throws. */
    public synchronized void stop() {
        if (jmx != null) {
            jmx.close();
        }
        jmx = null;
        RunState ending = state;
        state = RunState.STOPPED;
        registrations.over();
        ending.close();
        published.forget(AwakeTime.nanoTime());
    }

    /** The same, for good. */
    public synchronized void close() {
        closed = true;
        stop();
        registrations.forget();
    }
}
