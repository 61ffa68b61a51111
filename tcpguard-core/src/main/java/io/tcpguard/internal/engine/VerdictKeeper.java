/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.Verdict;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The damping that load balancers lack: they take a server back on one good check, so DOWN is held until they have seen
 * it twice, a server that comes back starts at a low weight, and one that flaps is held longer each time.
 */
final class VerdictKeeper {
    private static final long LEAST_HOLD = TimeUnit.SECONDS.toNanos(5);
    private static final long ASSUMED_INTERVAL = TimeUnit.SECONDS.toNanos(2);
    private static final int RAMP_CHECKS = 8;
    /**
     * After a stall its connections are there still, and work has come back: it is no empty server that must be filled
     * slowly.
     */
    private static final int CHECKS_AFTER_STALL = 2;

    private static final int QUANTUM = 10;
    private static final String OVER = "; that is over, health is held down until the load balancers have seen it";

    private final long configuredInterval;
    private final long maxDown;
    private final FlipHistory flips;
    private boolean down;
    private boolean held;
    private DownCause.@Nullable DownKind kind;
    private long downSince;
    private String downReason = "";
    private boolean ramping;
    private int rampChecks = RAMP_CHECKS;
    private int reached;
    private long upSince;
    private boolean failedOpen;
    private int weight = 100;
    private boolean rehearsal;
    private Verdict verdict = new Verdict(true, 100, "starting");

    VerdictKeeper(GuardConfig config, long now) {
        configuredInterval = config.nanos(Setting.CHECK_INTERVAL);
        maxDown = config.nanos(Setting.MAX_DOWN);
        flips = new FlipHistory(config.integer(Setting.MAX_FLIPS));
        upSince = now;
    }

    /**
     * One step.
     *
     * @param cause why it should be down; null if it should be up
     * @param calm what to say while up
     * @param usableShare of the server: weight follows it. Guarded connections do not move it, so there is no control
     *     loop; descriptors that something else holds do
     * @param observedInterval of the checks; 0 if not known
     */
    Verdict step(@Nullable DownCause cause, String calm, double usableShare, long observedInterval, long now) {
        long interval = configuredInterval > 0
                ? configuredInterval
                : observedInterval > 0 ? observedInterval : ASSUMED_INTERVAL;
        if (cause == null) {
            failedOpen = false;
        } else if (!failedOpen || !cause.kind().failsOpen()) {
            goDown(cause, now);
            if (!cause.kind().failsOpen() || now - downSince < maxDown) {
                return down(cause.kind().by(), cause.why());
            }
            failedOpen = true;
        }
        if (down) {
            long hold = flips.lengthen(Math.max(LEAST_HOLD, 3 * interval), now);
            if (held && now - downSince < Math.min(maxDown, hold)) {
                if (!downReason.endsWith(OVER)) {
                    downReason += OVER;
                }
                return down(kind == null ? DownBy.SIGNALS : kind.by(), downReason);
            }
            goUp(now);
        }
        String why = cause == null ? calm : "failed open after maxDown, although " + cause.why();
        return say(true, ramped(settled(usableShare), interval, now), why, DownBy.NOBODY);
    }

    /** What goes down in a rehearsal does not count as flapping. */
    void rehearsal(boolean on) {
        rehearsal = on;
    }

    /** Whether health says UP although its cause lasts. */
    boolean failedOpen() {
        return failedOpen;
    }

    private void goDown(DownCause cause, long now) {
        boolean holds = cause.kind().held();
        // Held and failed open by the time of this cause: an operator's drain of an hour is no part of it.
        if (!down || cause.kind() != kind) {
            downSince = now;
        }
        kind = cause.kind();
        if (holds && !(down && held) && !rehearsal) {
            flips.wentDown(now);
        }
        down = true;
        held = holds;
        downReason = cause.why();
    }

    private void goUp(long now) {
        down = false;
        ramping = true;
        rampChecks = kind == DownCause.DownKind.STALLED ? CHECKS_AFTER_STALL : RAMP_CHECKS;
        reached = 0;
        upSince = now;
    }

    /** The weight by usable capacity, in steps of ten, which moves only when the value has really left its step. */
    private int settled(double usableShare) {
        double exact = 100 * usableShare;
        if (Math.abs(exact - weight) > QUANTUM * 0.75) {
            weight = (int) Math.round(exact / QUANTUM) * QUANTUM;
        }
        // 0 would be DOWN, and a pool in which everybody says 0 loses its quorum.
        return Math.min(100, Math.max(1, weight));
    }

    /** Low at the very UP: at the next check it would be too late, wlc fills an empty server within a second. */
    private int ramped(int full, long interval, long now) {
        if (!ramping) {
            return full;
        }
        long step = Math.max(1, rampChecks * interval / QUANTUM);
        // The interval is observed, and may be longer by now than a moment ago: the ramp waits then, but never falls.
        reached = (int) Math.min(100, Math.max(reached, QUANTUM + QUANTUM * ((now - upSince) / step)));
        ramping = reached < 100;
        return Math.min(full, reached);
    }

    private Verdict down(DownBy by, String why) {
        return say(false, 0, why, by);
    }

    private Verdict say(boolean up, int newWeight, String why, DownBy by) {
        if (verdict.up() != up
                || verdict.weight() != newWeight
                || verdict.by() != by
                || !verdict.reason().equals(why)) {
            verdict = new Verdict(up, newWeight, why, by);
        }
        return verdict;
    }
}
