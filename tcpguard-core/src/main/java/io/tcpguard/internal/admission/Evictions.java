/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.RateLimitedLog;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.net.InetAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Evictions of idle connections for new ones, so many a second at most. Any thread. */
final class Evictions {
    /** Closes of one sample, so that it does not take long. */
    static final int MOST_AT_ONCE = 16;

    private final ClientModel clients;
    private final RefusalCounters shed;
    private final ResetBudget resets;
    private final DecisionLog decisions;
    private final EvictionRate rate;
    private final TokenBucket any;
    private final TokenBucket silent;
    private final TokenBucket own;
    private final long fixedFloor;
    /** 0: learned. */
    private final long fixedSilentFloor;

    private final RateLimitedLog trouble =
            new RateLimitedLog(GuardLog.of(Evictions.class), TimeUnit.MINUTES.toNanos(1));

    private volatile double perSecond;

    Evictions(
            GuardConfig config,
            ClientModel clients,
            RefusalCounters shed,
            ResetBudget resets,
            DecisionLog decisions,
            long now) {
        this.clients = clients;
        this.shed = shed;
        this.resets = resets;
        this.decisions = decisions;
        fixedFloor = config.nanos(Setting.IDLE_FLOOR);
        fixedSilentFloor = config.isGiven(Setting.SILENT_FLOOR) ? config.nanos(Setting.SILENT_FLOOR) : 0;
        rate = EvictionRate.of(config);
        perSecond = rate.perSecond(Capacity.UNKNOWN);
        any = new TokenBucket(now);
        silent = new TokenBucket(now);
        own = new TokenBucket(now);
    }

    /** From the sampler. */
    void sampled(Capacity capacity) {
        perSecond = rate.perSecond(capacity);
    }

    double perSecond() {
        return perSecond;
    }

    /** The minimum idle time in force. */
    long idleFloorNanos() {
        return fixedFloor > 0 ? fixedFloor : clients.gaps().floorNanos();
    }

    /** The same of a connection that has sent nothing. */
    private long silentFloorNanos() {
        return fixedSilentFloor > 0 ? fixedSilentFloor : clients.silence().nanos();
    }

    /** How the minimum idle times came about, for a person who asks. */
    String floorsInWords() {
        return "minimum idle time "
                + (fixedFloor > 0
                        ? seconds(fixedFloor) + ", as set"
                        : seconds(clients.gaps().floorNanos())
                                + (clients.gaps().learned() ? ", learned from " : " until learned; so far from ")
                                + clients.gaps().basis())
                + "; of who has sent nothing "
                + (fixedSilentFloor > 0
                        ? seconds(fixedSilentFloor) + ", as set"
                        : seconds(clients.silence().nanos()) + ", from "
                                + clients.silence().basis());
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** Whether the longest-idle connection under this ceiling was evicted. */
    boolean one(Ceiling full, GuardSnapshot snapshot, Reason cause, long now) {
        TrackedConnection victim;
        synchronized (any) {
            boolean whoever = any.take(perSecond, now);
            if (!whoever && !silent.take(perSecond * EvictionRate.SILENT_FACTOR, now)) {
                return false;
            }
            // Whose request waits for a thread has said nothing yet, as far as an adapter knows.
            long late = StalledRequestReaper.workDelayNanos(snapshot);
            // By the clock that stamps them: while the sampler stands still, nobody grows idle.
            victim = full.table()
                    .claimVictim(clients.clock().nanos(), silentFloorNanos() + late, idleFloorNanos() + late, !whoever);
            if (victim == null) {
                (whoever ? any : silent).giveBack();
                return false;
            }
        }
        return evict(victim, snapshot, cause, now);
    }

    /**
     * Evicts idle connections without admitting others, after something else took descriptors that connections had or
     * the limit was lowered: as often as {@link MakeUpPace} says, and several at a time where only a lower limit
     * explains how many there are, since nothing else takes what they free.
     */
    void makeUp(Ceiling full, GuardSnapshot snapshot, Reason cause, long now) {
        long excess = full.excess();
        synchronized (any) {
            if (!full.pace().isTime(excess, now)) {
                return;
            }
        }
        long most = Math.max(1, Math.min(MOST_AT_ONCE, excess - full.mostBeyond(snapshot.capacity())));
        int gone = 0;
        while (gone < most && one(full, snapshot, cause, now)) {
            gone++;
        }
        if (gone == 0) {
            synchronized (any) {
                full.pace().nobodyWent();
            }
        }
    }

    /** Whether an idle connection of this source was evicted. */
    boolean own(Ceiling crowded, GuardSnapshot snapshot, InetAddress source, long now) {
        TrackedConnection victim;
        synchronized (any) {
            if (!own.take(perSecond * EvictionRate.SILENT_FACTOR, now)) {
                return false;
            }
            victim = crowded.table()
                    .claimOfSource(source, clients.clock().nanos(), silentFloorNanos(), idleFloorNanos());
            if (victim == null) {
                own.giveBack();
                return false;
            }
        }
        return evict(victim, snapshot, Reason.UNFAIR_SOURCE, now);
    }

    /** Whether there is one that could. */
    boolean couldOwn(Ceiling crowded, InetAddress source) {
        return crowded.table().holdsIdle(source, clients.clock().nanos(), silentFloorNanos(), idleFloorNanos());
    }

    private boolean evict(TrackedConnection victim, GuardSnapshot snapshot, Reason cause, long now) {
        Closing how = mayReset(snapshot, now) ? Closing.RESET : Closing.ORDERLY;
        shed.count(Stage.KEEP_ALIVE, how == Closing.RESET ? Method.RESET : Method.ANSWER, cause);
        try {
            decisions.evicted(victim, how, cause, clients.clock().nanos(), now);
            if (victim.begun() <= 1) {
                clients.sat(victim.client(), victim.source, victim.address, now);
            }
        } catch (RuntimeException | Error e) {
            // It is claimed, and nobody else will close it.
            trouble.warn("tcpguard: an evicted connection could not be noted", e, now);
        }
        try {
            victim.closer.close(how);
        } catch (RuntimeException | Error e) {
            // Its connection will close by its own time-out, and its slot counts as taken till then.
            trouble.warn("tcpguard: an adapter could not close an idle connection to make room", e, now);
            return false;
        }
        return true;
    }

    /**
     * Whether a connection that the server closes first may be reset, because slots for TIME_WAIT are short; takes it
     * from the budget.
     */
    boolean mayReset(GuardSnapshot snapshot, long now) {
        return snapshot.resetsOnly() && resets.take(snapshot.capacity(), now);
    }
}
