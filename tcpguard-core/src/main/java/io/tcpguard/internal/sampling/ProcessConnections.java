/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections of the process against what the operator allows, or else what memory bears; those that nobody asked about
 * are among them, up to half. Tells the policy and the engine all limits for connections that stand in this cycle.
 */
public final class ProcessConnections implements Probe {
    private static final Reading NO_LIMIT =
            new Reading.Unavailable(Signal.CONNECTIONS, Cause.NOTHING_TO_WATCH, "nothing but descriptors limits them");

    private final AdmissionPolicy policy;
    private final Engine engine;
    private final ProcessMemory memory;
    private final MemoryCeiling ceiling;
    private final Rehearsal rehearsal;
    private final long operator;
    /** Replaced as a whole. */
    private volatile ListenerConnections[] listeners = {};

    private ConnectionLimits limits = ConnectionLimits.UNBOUNDED;
    private Reading last = NO_LIMIT;

    public ProcessConnections(
            GuardConfig config, AdmissionPolicy policy, Engine engine, ProcessMemory memory, Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
        this.policy = policy;
        this.engine = engine;
        this.memory = memory;
        this.ceiling = memory.ceiling();
        int set = config.integer(Setting.MAX_CONNECTIONS);
        operator = set > 0 ? set : ConnectionLimits.NONE;
    }

    /** A listener's, to be {@linkplain #add added}. */
    public ListenerConnections of(ListenerControl control, ListenerSlots slots) {
        return new ListenerConnections(control, slots, rehearsal);
    }

    public synchronized void add(ListenerConnections listener) {
        List<ListenerConnections> all = new ArrayList<>(List.of(listeners));
        all.add(listener);
        listeners = all.toArray(ListenerConnections[]::new);
    }

    public synchronized void remove(ListenerConnections listener) {
        List<ListenerConnections> all = new ArrayList<>(List.of(listeners));
        all.remove(listener);
        listeners = all.toArray(ListenerConnections[]::new);
    }

    @Override
    public Signal signal() {
        return Signal.CONNECTIONS;
    }

    @Override
    public Reading read(long now) {
        long servers = 0;
        long unasked = 0;
        int heapEach = 0;
        ListenerConnections[] all = listeners;
        for (ListenerConnections listener : all) {
            heapEach = Math.max(heapEach, listener.heapEach());
            unasked += listener.unasked();
            long each = listener.limit();
            servers = each == ConnectionLimits.NONE || servers == ConnectionLimits.NONE
                    ? ConnectionLimits.NONE
                    : servers + each;
        }
        servers = all.length == 0 ? ConnectionLimits.NONE : servers;
        boolean exhausted = memoryIsExhausted();
        long held = policy.connections();
        long others = ceiling.counted(unasked, operator, heapEach);
        long borne = ceiling.connections(held, others, operator, heapEach, exhausted, now);
        if (limits.maxConnections() != servers || limits.memory() != borne || limits.operator() != operator) {
            limits = new ConnectionLimits(servers, borne, operator);
        }
        engine.limits(limits);
        long most = limits.ofProcess();
        long played = most == ConnectionLimits.NONE ? 0 : rehearsal.connections(this, held + others, most);
        policy.most(most == ConnectionLimits.NONE ? most : Math.max(0, most - others - played));
        policy.atOnce(memory.atOnce(held, heapEach, now));
        if (exhausted) {
            policy.evictBeyond(now);
        }
        return reading(held + others + played, most);
    }

    /** By the levels of the last cycle: what is done follows what is said, in a rehearsal, too. */
    private boolean memoryIsExhausted() {
        List<SignalState> states = engine.snapshot().signals();
        for (int i = 0; i < states.size(); i++) {
            SignalState each = states.get(i);
            if (each.level().atLeast(Level.SHED) && each.reading().signal() == Signal.MEMORY) {
                return true;
            }
        }
        return false;
    }

    private Reading reading(long held, long most) {
        if (most == ConnectionLimits.NONE) {
            last = NO_LIMIT;
        } else if (!(last instanceof Reading.Measured m) || m.used() != held || m.limit() != most) {
            last = new Reading.Measured(Signal.CONNECTIONS, held, most);
        }
        return last;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
