/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The log lines about transitions, WARN on the way up and INFO on the way down; more than one a second are joined into
 * one line with a count, at the end of that second at the latest.
 */
public final class TransitionLog {
    private static final GuardLog LOG = GuardLog.of("io.tcpguard.TcpGuard");
    private static final long APART = TimeUnit.SECONDS.toNanos(1);

    private long wroteAt;
    private int held;
    /** Health is not up yet, since a listener has not accepted so far. */
    private boolean starting;
    /** Where the last line left off. */
    private @Nullable GuardSnapshot written;
    /** As it was told last. */
    private @Nullable Capacity slots;

    private boolean slotsDiffer;
    private long differSince;

    public void started(GuardSnapshot snapshot, long idleFloorNanos, long queueWaitNanos, int healthPort) {
        Capacity capacity = snapshot.capacity();
        slots = capacity;
        String health = healthPort < 0
                ? "has no port (healthPort), so no load balancer learns the verdict"
                : "on port " + healthPort;
        if (capacity.known() && capacity.reserve() == 0) {
            LOG.warn(
                    "tcpguard admits everybody: of {} descriptors none can be kept back. Give the process more (ulimit "
                            + "-n, LimitNOFILE); health {}",
                    capacity.limit(),
                    health);
        } else if (snapshot.blind()) {
            LOG.warn(
                    "tcpguard is blind here and admits everybody: {}; health {}",
                    snapshot.signals().stream()
                            .map(TransitionLog::named)
                            .distinct()
                            .collect(Collectors.joining("; ")),
                    health);
        } else {
            LOG.info(
                    "tcpguard watches {} of {} descriptors, admission threshold {}; slots for connections: {};"
                            + " minimum idle time {} ms; queue wait {} ms; health {}",
                    capacity.used(),
                    capacity.limit(),
                    capacity.admissionThreshold(),
                    capacity.slotsInWords(),
                    TimeUnit.NANOSECONDS.toMillis(idleFloorNanos),
                    TimeUnit.NANOSECONDS.toMillis(queueWaitNanos),
                    health);
            String unknown = snapshot.signals().stream()
                    .filter(s -> s.reading() instanceof Reading.Unavailable u && u.cause() != Cause.NOTHING_TO_WATCH)
                    .map(TransitionLog::named)
                    .collect(Collectors.joining("; "));
            if (!unknown.isEmpty()) {
                LOG.info("tcpguard cannot see: {}", unknown);
            }
        }
    }

    /** The signal, its source if it has one, and why it is not known if it isn't. */
    static String named(SignalState state) {
        String name = state.reading().signal() + (state.source().isEmpty() ? "" : " of " + state.source());
        return state.reading() instanceof Reading.Unavailable u
                ? name + " (" + u.cause() + ": " + u.detail() + ")"
                : name;
    }

    public static void lost(String signals) {
        LOG.warn("tcpguard cannot see any more: {}", signals);
    }

    public static void regained(String signals) {
        LOG.info("tcpguard sees again: {}", signals);
    }

    /** A start is told when it is over: nobody was sent here before, and a server that starts as planned is no news. */
    public void changed(GuardSnapshot before, GuardSnapshot after, long now) {
        boolean fails = !after.verdict().up();
        // While a listener has not accepted yet, and only then, health goes down below DRAIN.
        starting = fails
                && after.level() != Level.DRAIN
                && (starting || before.verdict().up());
        if (before.level() == after.level() && starting) {
            return;
        }
        boolean flipped = before.verdict().up() != after.verdict().up();
        if (written != null && !flipped && now - wroteAt < APART) {
            held++;
            return;
        }
        write(before, after, now);
    }

    /** Each sample: writes what was held back. */
    public void settle(GuardSnapshot current, long now) {
        settleSlots(current.capacity(), now);
        GuardSnapshot last = written;
        if (held == 0 || last == null || now - wroteAt < APART) {
            return;
        }
        if (last.level() == current.level()) {
            // There and back within the second.
            held = 0;
        } else {
            held--;
            write(last, current, now);
        }
    }

    /** Tells of another limit that binds, or of its other number, when a second has passed: servers come one by one. */
    private void settleSlots(Capacity capacity, long now) {
        Capacity told = slots;
        if (told == null) {
            slots = capacity;
        } else if (!othersBind(told, capacity)) {
            slotsDiffer = false;
        } else if (!slotsDiffer) {
            slotsDiffer = true;
            differSince = now;
        } else if (now - differSince >= APART) {
            slotsDiffer = false;
            slots = capacity;
            LOG.info("tcpguard: slots for connections: {}", capacity.slotsInWords());
        }
    }

    /** While memory is short its number moves every few seconds; that it binds at all is told once. */
    private static boolean othersBind(Capacity before, Capacity after) {
        ConnectionLimits last = before.connections();
        ConnectionLimits now = after.connections();
        return !now.equals(last)
                && (now.maxConnections() != last.maxConnections()
                        || now.operator() != last.operator()
                        || before.binding() != after.binding());
    }

    private void write(GuardSnapshot before, GuardSnapshot after, long now) {
        boolean flipped = before.verdict().up() != after.verdict().up();
        boolean worse = after.level().compareTo(before.level()) > 0
                || (flipped && !after.verdict().up() && after.level() == Level.DRAIN);
        Capacity c = after.capacity();
        String line = "tcpguard: {}, health {}: {} ({} of {} descriptors, {} own connections){}";
        Object[] values = {
            before.level() == after.level() ? after.level() : before.level() + " -> " + after.level(),
            after.verdict().up() ? "up, weight " + after.verdict().weight() : starting ? "not up yet" : "DOWN",
            after.verdict().up() ? after.reason() : after.verdict().reason(),
            c.used(),
            c.limit(),
            c.own(),
            held == 0 ? "" : "; " + held + " changes before this one not written"
        };
        if (worse) {
            LOG.warn(line, values);
        } else {
            LOG.info(line, values);
        }
        written = after;
        wroteAt = now;
        held = 0;
    }
}
