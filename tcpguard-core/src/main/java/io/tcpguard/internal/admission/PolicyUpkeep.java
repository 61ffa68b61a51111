/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.state.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the policy does once a sample: its clock, the order of its tables, what it learns of clients and forgets.
 * Sampler thread.
 */
final class PolicyUpkeep {
    private static final long RECENTLY = TimeUnit.SECONDS.toNanos(1);
    private static final long FORGET_EVERY = TimeUnit.MINUTES.toNanos(10);
    private static final long SETTLE_EVERY = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LEARN_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final CoarseClock clock;
    private final ClientModel clients;
    private final ConnectionTable table;
    private final Ceilings ceilings;
    private final AllowedClients allowed;
    private final Evictions evictions;
    private final ProxySearch proxies;
    private final ListenerCounts ofNoListener;
    private final List<ListenerSlots> listeners;
    private final boolean fairness;
    private final long longestStep;
    private volatile long sampledAt;
    private long settledAt;
    private long learnedAt;
    private long forgotAt;

    PolicyUpkeep(
            GuardConfig config,
            CoarseClock clock,
            ClientModel clients,
            ConnectionTable table,
            Ceilings ceilings,
            AllowedClients allowed,
            Evictions evictions,
            ProxySearch proxies,
            ListenerCounts ofNoListener,
            List<ListenerSlots> listeners,
            long now) {
        this.clock = clock;
        this.clients = clients;
        this.table = table;
        this.ceilings = ceilings;
        this.allowed = allowed;
        this.evictions = evictions;
        this.proxies = proxies;
        this.ofNoListener = ofNoListener;
        this.listeners = listeners;
        fairness = AdmissionDecider.fairness(config);
        longestStep = config.staleAfterNanos();
        sampledAt = now;
        settledAt = now;
        learnedAt = now;
        forgotAt = now;
    }

    /** When the newest sample was taken. Any thread. */
    long sampledAt() {
        return sampledAt;
    }

    void sampled(Level level, long now) {
        long step = now - sampledAt;
        long stoodStill = clock.advance(now, longestStep);
        sampledAt = now;
        if (level.atLeast(Level.ELEVATED) && now - settledAt >= SETTLE_EVERY) {
            settledAt = now;
            table.settle(clock.nanos());
            for (int i = 0; i < listeners.size(); i++) {
                ListenerSlots slots = ListenerSlots.at(listeners, i);
                if (slots != null) {
                    slots.table().settle(clock.nanos());
                }
            }
        }
        clients.pace().sampled(stoodStill);
        turn(step, now);
        if (now - learnedAt >= LEARN_EVERY) {
            learnedAt = now;
            learn(level, now);
        }
        if (level.atLeast(Level.SHED)) {
            forgotAt = now;
        } else if (now - forgotAt >= FORGET_EVERY) {
            forgotAt = now;
            clients.forget();
        }
    }

    private void learn(Level level, long now) {
        allowed.sampled(now);
        clients.update(level.atLeast(Level.SHED) || ceilings.shedWithin(LEARN_EVERY, null, now));
        if (fairness) {
            proxies.second(!level.atLeast(Level.ELEVATED), now);
        }
    }

    /** Where slots are scarce, those that were had for too long are asked for. */
    private void turn(long step, long now) {
        long bound = clients.tenure().nanos();
        for (int i = 0; i < listeners.size(); i++) {
            ListenerSlots slots = ListenerSlots.at(listeners, i);
            if (slots != null) {
                turn(
                        slots.counts().turns,
                        ceilings.shedWithin(RECENTLY, slots, now) ? bound : TenureEstimator.NONE,
                        step);
            }
        }
        turn(ofNoListener.turns, ceilings.shedWithin(RECENTLY, null, now) ? bound : TenureEstimator.NONE, step);
    }

    private void turn(SlotRotation turns, long bound, long step) {
        turns.sampled(bound, evictions.perSecond(), step);
    }
}
