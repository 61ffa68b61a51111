/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A queue in virtual time: who joins, who is taken out, and for how long the one in hand had waited. */
class AcceptQueueTimerTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PATIENCE = 2000 * MILLI;
    private static final long STEP = PATIENCE / 60;

    private final Queue<Long> queue = new ArrayDeque<>();
    private long now = -5_000_000_000L;
    private long accepted;
    private long backlog = 1000;
    private boolean known = true;
    private long patience = PATIENCE;
    private final AcceptQueueTimer room = new AcceptQueueTimer(PATIENCE, () -> patience, () -> accepted);
    private final Probe probe = room.watch(new Probe() {
        @Override
        public Signal signal() {
            return Signal.ACCEPT_QUEUE;
        }

        @Override
        public Reading read(long nowNanos) {
            return known
                    ? new Reading.Measured(Signal.ACCEPT_QUEUE, queue.size(), backlog)
                    : new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.NOT_READABLE, "");
        }

        @Override
        public void close() {}
    });

    @Test
    void letsAConnectionWaitForAsLongAsClientsArePatientAndNoLonger() {
        run(100, 10, 0);
        assertThat(waitsOfTheRefused(10, 0)).isNotEmpty().allSatisfy(wait -> assertThat(wait)
                .isBetween(PATIENCE - 2 * STEP, PATIENCE + 5 * STEP));
    }

    @Test
    void tellsHowLongTheConnectionInHandHasWaited() {
        run(15, 0, 0);
        for (int i = 0; i < 50; i++) {
            run(1, 3, 1);
            Long came = queue.peek();
            accepted++;
            long waited = room.waitedNanos(accepted, now);
            accepted--;
            assertThat(waited)
                    .isBetween(now - (came == null ? 0 : came) - 5 * STEP, now - (came == null ? 0 : came) + 3 * STEP);
        }
    }

    @Test
    void tellsThatWhoCameSinceTheLastLookHasNotWaited() {
        run(1, 1, 1);
        accepted += queue.size() + 1L;

        assertThat(room.waitedNanos(accepted, now)).isZero();
    }

    @Test
    void refusesNobodyWhileEachGetsAPlaceInTime() {
        // Ten a second come and ten slots a second come free: fifteen wait for 1.5 s.
        run(15, 0, 0);
        List<Long> refused = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            refused.addAll(run(1, 3, 1));
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void refusesSoonerWhereClientsAreFoundToBeLessPatient() {
        patience = PATIENCE / 4;
        run(100, 10, 0);
        assertThat(waitsOfTheRefused(10, 0)).isNotEmpty().allSatisfy(wait -> assertThat(wait)
                .isLessThan(PATIENCE / 4 + 5 * STEP));
    }

    /** Several threads may accept: one holds a connection, while another takes those behind it and gets them in. */
    @Test
    void judgesEachOfSeveralInHandByItsOwnTime() {
        run(15, 0, 0);
        queue.remove();
        accepted++;
        long number = accepted;
        List<Boolean> mayWait = new ArrayList<>();
        for (long since = now; now - since < 2 * PATIENCE; ) {
            run(1, 1, 0);
            queue.remove();
            accepted++;
            mayWait.add(room.mayWait(number, now));
        }
        assertThat(mayWait).startsWith(true).endsWith(false);
    }

    @Test
    void letsNobodyWaitInAQueueThatGetsLong() {
        run(399, 1, 0);
        accepted++;
        assertThat(room.mayWait(accepted, now)).isTrue();
        run(2, 1, 0);
        assertThat(room.mayWait(accepted, now)).isFalse();
    }

    @Test
    void letsNobodyWaitInAQueueOfUnknownLength() {
        known = false;
        run(1, 1, 0);
        accepted++;
        assertThat(room.mayWait(accepted, now)).isFalse();
    }

    @Test
    void letsWhoCameBeforeTheFirstLookWait() {
        accepted++;
        assertThat(room.mayWait(accepted, now)).isTrue();
    }

    @Test
    void letsNobodyWaitIfSwitchedOff() {
        AcceptQueueTimer off = new AcceptQueueTimer(0, () -> 0, () -> accepted);
        accepted++;
        assertThat(off.mayWait(accepted, now)).isFalse();
        accepted--;
        off.watch(probe).read(now);
        accepted++;
        assertThat(off.mayWait(accepted, now)).isFalse();
    }

    @Test
    void letsNobodyWaitAtAListenerThatIsWatchedNoMore() {
        run(1, 1, 0);
        accepted++;
        assertThat(room.mayWait(accepted, now)).isTrue();
        probe.close();
        assertThat(room.mayWait(accepted, now)).isFalse();
    }

    @Test
    void refusesNobodyForAPauseOfTheSampler() {
        run(5, 10, 0);
        now += 10 * PATIENCE;
        run(5, 1, 0);
        queue.clear();
        queue.add(now);
        run(1, 1, 0);
        accepted += 10;
        assertThat(room.mayWait(accepted, now)).isTrue();
    }

    @Test
    void isInUseForASecondAfterAQuestion() {
        assertThat(room.inUse(now)).isFalse();
        room.mayWait(accepted, now);
        assertThat(room.inUse(now + 900 * MILLI)).isTrue();
        assertThat(room.inUse(now + 1100 * MILLI)).isFalse();
    }

    /**
     * Some come at once; then so many steps of time pass, the first of which frees a slot or none. Answers the waits
     * of those who would have been refused.
     */
    private List<Long> run(int arrivals, int steps, int slots) {
        for (int i = 0; i < arrivals; i++) {
            queue.add(now);
        }
        List<Long> refused = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            probe.read(now);
            if (i == 0 && slots > 0 && !queue.isEmpty()) {
                long in = queue.remove();
                accepted++;
                if (!room.mayWait(accepted, now)) {
                    refused.add(now - in);
                }
            }
            now += STEP;
        }
        return refused;
    }

    private List<Long> waitsOfTheRefused(int seconds, int perStep) {
        List<Long> waits = new ArrayList<>();
        boolean inHand = false;
        long since = 0;
        for (int i = 0; i < seconds * 30; i++) {
            probe.read(now);
            for (int n = 0; n < perStep + 200; n++) {
                if (!inHand && !queue.isEmpty()) {
                    since = queue.remove();
                    accepted++;
                    inHand = true;
                }
                if (!inHand || room.mayWait(accepted, now)) {
                    break;
                }
                waits.add(now - since);
                inHand = false;
            }
            queue.add(now);
            now += STEP;
        }
        return waits;
    }
}
