/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import java.util.SplittableRandom;

/** Logs in, holds the session with heartbeats, logs out, comes back; tries again after any failure. */
final class User implements Client {
    private enum State {
        OUT,
        CONNECTING,
        LOGGING_IN,
        HOLDING,
        BEATING
    }

    private final Timing timing;
    private final Tally tally;
    private final SplittableRandom random;
    private State state = State.OUT;
    private long deadline;
    private long sessionEnd;

    /** @param firstLogin when this user first wants in */
    User(Timing timing, Tally tally, long seed, long firstLogin) {
        this.timing = timing;
        this.tally = tally;
        this.random = new SplittableRandom(seed);
        this.deadline = firstLogin;
    }

    @Override
    public long deadline() {
        return deadline;
    }

    @Override
    public Act onTimer(long now) {
        return switch (state) {
            case OUT -> {
                state = State.CONNECTING;
                deadline = now + timing.connectTimeout();
                yield Act.CONNECT;
            }
            case CONNECTING, LOGGING_IN -> {
                tally.timedOut++;
                tryAgain(now);
                yield Act.CLOSE;
            }
            case BEATING -> {
                lose(now);
                yield Act.CLOSE;
            }
            case HOLDING -> now >= sessionEnd ? logOut(now) : beat(now);
        };
    }

    @Override
    public Act onConnected(long now) {
        state = State.LOGGING_IN;
        deadline = now + timing.answerTimeout();
        return Act.SEND;
    }

    @Override
    public Act onAnswer(int status, long now) {
        boolean ok = status == 200;
        if (state == State.LOGGING_IN && ok) {
            tally.logins++;
            tally.inSession++;
            sessionEnd = now + timing.hold(random);
            hold(now);
            return Act.NONE;
        }
        if (state == State.BEATING && ok) {
            tally.heartbeats++;
            hold(now);
            return Act.NONE;
        }
        if (state == State.LOGGING_IN) {
            tally.unavailable++;
            tryAgain(now);
        } else {
            lose(now);
        }
        return Act.CLOSE;
    }

    @Override
    public void onGone(long now) {
        if (state == State.HOLDING || state == State.BEATING) {
            lose(now);
        } else {
            tally.refused++;
            tryAgain(now);
        }
    }

    private void hold(long now) {
        state = State.HOLDING;
        deadline = Math.min(now + timing.beat(random), sessionEnd);
    }

    private Act beat(long now) {
        state = State.BEATING;
        deadline = now + timing.answerTimeout();
        return Act.SEND;
    }

    private Act logOut(long now) {
        tally.inSession--;
        state = State.OUT;
        deadline = now + Timing.around(timing.idle(), random);
        return Act.CLOSE;
    }

    private void lose(long now) {
        tally.inSession--;
        tally.lost++;
        tryAgain(now);
    }

    private void tryAgain(long now) {
        state = State.OUT;
        deadline = now + Timing.around(timing.retry(), random);
    }
}
