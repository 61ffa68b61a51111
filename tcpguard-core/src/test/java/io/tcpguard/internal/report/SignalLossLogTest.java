/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static io.tcpguard.internal.report.SignalLossLog.APART;
import static io.tcpguard.internal.report.SignalLossLog.CERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Verdict;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalLossLogTest {
    private static final long SAMPLE = 20_000_000L;
    private static final Reading TW = new Reading.Measured(Signal.TIME_WAIT, 1, 100);
    private static final Reading TW_LOST = new Reading.Unavailable(Signal.TIME_WAIT, Cause.MALFORMED, "torn");
    private static final Reading DROPS = new Reading.Measured(Signal.LISTEN_DROPS, 0, 100);
    private static final Reading DROPS_LOST =
            new Reading.Unavailable(Signal.LISTEN_DROPS, Cause.NOT_READABLE, "no permission");

    private final List<String> log = new ArrayList<>();
    private final SignalLossLog losses = lossLog(TW, DROPS);
    private long now;

    @Test
    void isSaidOnceAndSoIsItsReturn() {
        during(CERTAIN + SAMPLE, TW_LOST, DROPS);
        assertThat(log).containsExactly("lost TIME_WAIT (MALFORMED: torn)");

        during(60 * APART, TW_LOST, DROPS);
        assertThat(log).hasSize(1);

        during(CERTAIN + SAMPLE, TW, DROPS);
        assertThat(log).containsExactly("lost TIME_WAIT (MALFORMED: torn)", "regained TIME_WAIT");

        during(60 * APART, TW, DROPS);
        assertThat(log).hasSize(2);
    }

    @Test
    void isNotSaidOfWhatComesBackWithinASecond() {
        for (int i = 0; i < 100; i++) {
            during(CERTAIN / 2, TW_LOST, DROPS);
            during(CERTAIN / 2, TW, DROPS);
        }

        assertThat(log).isEmpty();
    }

    @Test
    void isSaidOnceAMinuteAtMostHoweverItFluttersAndTruthfullyInTheEnd() {
        long hour = 60 * APART;
        for (long began = now; now - began < hour; ) {
            during(2 * CERTAIN, TW_LOST, DROPS);
            during(2 * CERTAIN, TW, DROPS);
        }
        assertThat(log.size()).isBetween(2, 61);

        during(2 * APART, TW, DROPS);
        assertThat(log.get(log.size() - 1)).isEqualTo("regained TIME_WAIT");
    }

    @Test
    void isOneLineIfEverythingIsLostAtOnce() {
        during(APART, TW_LOST, DROPS_LOST);

        assertThat(log).containsExactly("lost TIME_WAIT (MALFORMED: torn); LISTEN_DROPS (NOT_READABLE: no permission)");
    }

    @Test
    void isNotSaidOfWhatIsOnlyNotThereToWatch() {
        during(APART, TW, new Reading.Unavailable(Signal.LISTEN_DROPS, Cause.NOTHING_TO_WATCH, "a second look"));

        assertThat(log).isEmpty();
    }

    @Test
    void isNotRegainedByARateThatStillWaitsForItsSecondLook() {
        during(CERTAIN + SAMPLE, TW, DROPS_LOST);
        during(2 * APART, TW, new Reading.Unavailable(Signal.LISTEN_DROPS, Cause.NOTHING_TO_WATCH, "a second look"));
        assertThat(log).hasSize(1);

        during(CERTAIN + SAMPLE, TW, DROPS);
        assertThat(log).hasSize(2).last().isEqualTo("regained LISTEN_DROPS");
    }

    @Test
    void isNotSaidAgainOfWhatWasMissingAtTheStartButItsReturnIs() {
        SignalLossLog from = lossLog(TW_LOST, DROPS);
        from.look(snapshot(TW_LOST, DROPS), APART);
        from.look(snapshot(TW_LOST, DROPS), 2 * APART);
        assertThat(log).isEmpty();

        from.look(snapshot(TW, DROPS), 3 * APART);
        from.look(snapshot(TW, DROPS), 4 * APART);
        assertThat(log).containsExactly("regained TIME_WAIT");
    }

    /** A listener that is guarded later, where nothing can ask its socket. */
    @Test
    void isSaidOfASourceThatCameLaterAndForgottenWithIt() {
        SignalState queue = new SignalState(
                "http",
                new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.OUT_OF_DESCRIPTORS, "none was left"),
                Level.NORMAL);
        GuardSnapshot with = snapshot(List.of(state(TW), queue, state(DROPS)));
        for (int second = 0; second < 5; second++) {
            losses.look(with, second * CERTAIN);
        }
        assertThat(log).containsExactly("lost ACCEPT_QUEUE of http (OUT_OF_DESCRIPTORS: none was left)");

        during(2 * APART, TW, DROPS);
        assertThat(log).hasSize(1);
    }

    @Test
    void allocatesNothingWhileThereIsNothingToSay() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        GuardSnapshot one = snapshot(TW, DROPS);
        GuardSnapshot other = snapshot(TW, new Reading.Measured(Signal.LISTEN_DROPS, 1, 100));
        int times = 20_000;
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 10 && least >= times; window++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < times; i++) {
                losses.look(i % 2 == 0 ? one : other, i * SAMPLE);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(least).isLessThan(times);
    }

    /** Snapshots are the same while nothing changes, as the engine has it. */
    private void during(long nanos, Reading... readings) {
        GuardSnapshot snapshot = snapshot(readings);
        for (long end = now + nanos; now < end; now += SAMPLE) {
            losses.look(snapshot, now);
        }
    }

    private SignalLossLog lossLog(Reading... start) {
        return new SignalLossLog(snapshot(start), s -> log.add("lost " + s), s -> log.add("regained " + s));
    }

    private static GuardSnapshot snapshot(Reading... readings) {
        return snapshot(List.of(readings).stream().map(SignalLossLogTest::state).toList());
    }

    private static SignalState state(Reading reading) {
        return new SignalState("", reading, Level.NORMAL);
    }

    private static GuardSnapshot snapshot(List<SignalState> signals) {
        return new GuardSnapshot(
                Level.NORMAL,
                null,
                "",
                Capacity.UNKNOWN,
                new Verdict(true, 100, ""),
                Admission.ADMIT,
                false,
                signals,
                0);
    }
}
