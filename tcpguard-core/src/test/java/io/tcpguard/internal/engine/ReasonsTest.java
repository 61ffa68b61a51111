/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Level, leading signal and reason name the cause that decides, with today's figures. */
class ReasonsTest {
    private final GuardConfig config = GuardConfig.defaults();
    private final Engine engine = new Engine(config, 0);
    private final List<Watch> watches = new ArrayList<>();
    private double time;
    private long own = 20;

    ReasonsTest() {
        for (Signal signal : Signal.values()) {
            watches.add(new Watch(signal, "", config));
        }
        measured(Signal.DESCRIPTORS, 53, 1024);
        measured(Signal.ACCEPT_QUEUE, 0, 100);
    }

    @Test
    void haveTheFiguresOfTheLastSecond() {
        measured(Signal.WORK_DELAY, 600, 500);
        assertThat(after(1).reason()).contains("is at 600 of 500 milliseconds");

        measured(Signal.WORK_DELAY, 900, 500);
        assertThat(after(1.1).reason()).contains("is at 900 of 500 milliseconds");
    }

    @Test
    void sayWhatWasWhereALevelOutlastsItsCause() {
        measured(Signal.ACCEPT_QUEUE, 101, 100);
        after(2);
        measured(Signal.ACCEPT_QUEUE, 0, 100);

        assertThat(after(0.1).level()).isEqualTo(Level.SHED);
        assertThat(engine.snapshot().reason()).doesNotContain("is at 0 of 100");
        assertThat(after(0.35).reason()).doesNotContain("is at 0 of 100");
    }

    @Test
    void areNoOtherProcesssLostConnections() {
        measured(Signal.LISTEN_DROPS, 4000, 100);
        assertThat(after(60).level()).isEqualTo(Level.NORMAL);

        measured(Signal.ACCEPT_QUEUE, 101, 100);
        after(1);
        measured(Signal.ACCEPT_QUEUE, 0, 100);
        assertThat(after(3).leading()).isEqualTo(Signal.LISTEN_DROPS);
    }

    @Test
    void areNoNeighboursLostConnectionsWhereNoQueueWasReadYetOrThereIsNone() {
        read(new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.NOTHING_TO_WATCH, "not read yet"));
        measured(Signal.LISTEN_DROPS, 4000, 100);
        assertThat(after(60).level()).isEqualTo(Level.NORMAL);
        assertThat(engine.snapshot().reason()).doesNotContain("LISTEN_DROPS");

        watches.removeIf(watch -> watch.signal() == Signal.ACCEPT_QUEUE);
        assertThat(after(60).level()).isEqualTo(Level.NORMAL);
    }

    @Test
    void areLostConnectionsOnlyAfterAWhileWhereTheQueueCannotBeRead() {
        measured(Signal.LISTEN_DROPS, 4000, 100);
        after(60);
        read(new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.FAILED, "once"));
        assertThat(after(5).level()).as("a reading that failed").isEqualTo(Level.NORMAL);

        GuardSnapshot blind = after(6);
        assertThat(blind.leading()).isEqualTo(Signal.LISTEN_DROPS);
        assertThat(blind.level()).isEqualTo(Level.ELEVATED);
        assertThat(blind.admission()).isEqualTo(Admission.ADMIT);
        assertThat(blind.verdict().up()).isTrue();
    }

    @Test
    void areNothingOfTheNamespacesInAProcessWithoutConnections() {
        own = 0;
        for (Signal signal : new Signal[] {Signal.TIME_WAIT, Signal.CONNTRACK, Signal.EPHEMERAL_PORTS}) {
            measured(signal, 100, 100);
        }
        assertThat(after(30).level()).isEqualTo(Level.NORMAL);

        own = 5;
        assertThat(after(1).level()).isEqualTo(Level.ELEVATED);
    }

    @Test
    void nameTheMachinesFilesWhereTheyDecide() {
        measured(Signal.SYSTEM_FILES, 99, 100);

        GuardSnapshot snapshot = after(1);
        assertThat(snapshot.refusal()).isEqualTo(RefusalCounters.Reason.SYSTEM_FILES);
        assertThat(snapshot.reason()).contains("SYSTEM_FILES is at 99 of 100").contains("evict idle");
    }

    @Test
    void nameLateWorkWhereItRefusesThoughTheDescriptorsAreFullToo() {
        own = 950;
        measured(Signal.DESCRIPTORS, 1004, 1024);
        measured(Signal.WORK_DELAY, 600, 500);

        assertThat(after(1).leading()).isEqualTo(Signal.WORK_DELAY);
        assertThat(engine.snapshot().refusal()).isEqualTo(RefusalCounters.Reason.WORK_DELAY);
    }

    @Test
    void refuseRequestsWhileWorkIsStalledThoughTheDescriptorsAreFullToo() {
        own = 950;
        measured(Signal.DESCRIPTORS, 1004, 1024);
        assertThat(after(1).leading()).isEqualTo(Signal.DESCRIPTORS);
        assertThat(engine.snapshot().requestsStalled()).isFalse();

        measured(Signal.WORK_DELAY, 20_000, 500);
        assertThat(after(1).requestsStalled()).isTrue();
    }

    private void read(Reading reading) {
        for (Watch watch : watches) {
            if (watch.signal() == reading.signal()) {
                watch.read(reading);
            }
        }
    }

    private void measured(Signal signal, long used, long limit) {
        for (Watch watch : watches) {
            if (watch.signal() == signal) {
                watch.read(new Reading.Measured(signal, used, limit));
            }
        }
    }

    private GuardSnapshot after(double seconds) {
        for (int i = 0; i < Math.round(seconds / 0.02); i++) {
            time += 0.02;
            engine.step(watches, List.of(), own, false, null, 0, Math.round(time * 1e9));
        }
        return engine.snapshot();
    }
}
