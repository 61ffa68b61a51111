/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import java.util.SplittableRandom;

/**
 * Connects, sends one request, or a byte, and sits on the connection; gets another when it loses it; gives up at the
 * flood's end.
 */
final class Abuser implements Client {
    private enum State {
        OUT,
        CONNECTING,
        HOLDING,
        DONE
    }

    private final Timing timing;
    private final Tally tally;
    private final SplittableRandom random;
    private final long end;
    private final Act first;
    private State state = State.OUT;
    private long deadline;

    Abuser(Timing timing, Tally tally, long seed, long begin, long end, Act first) {
        this.timing = timing;
        this.tally = tally;
        this.random = new SplittableRandom(seed);
        this.deadline = begin;
        this.end = end;
        this.first = first;
    }

    @Override
    public long deadline() {
        return deadline;
    }

    @Override
    public Act onTimer(long now) {
        if (now >= end) {
            leave(State.DONE, Client.NEVER);
            return Act.CLOSE;
        }
        if (state == State.OUT) {
            state = State.CONNECTING;
            deadline = Math.min(now + timing.connectTimeout(), end);
            return Act.CONNECT;
        }
        tryAgain(now);
        return Act.CLOSE;
    }

    @Override
    public Act onConnected(long now) {
        state = State.HOLDING;
        tally.abusersHolding++;
        deadline = end;
        return first;
    }

    @Override
    public Act onAnswer(int status, long now) {
        if (status == 200) {
            return Act.NONE;
        }
        tryAgain(now);
        return Act.CLOSE;
    }

    @Override
    public void onGone(long now) {
        tryAgain(now);
    }

    private void tryAgain(long now) {
        leave(State.OUT, Math.min(now + Timing.around(timing.abuserRetry(), random), end));
    }

    private void leave(State next, long then) {
        if (state == State.HOLDING) {
            tally.abusersHolding--;
        }
        state = next;
        deadline = then;
    }
}
