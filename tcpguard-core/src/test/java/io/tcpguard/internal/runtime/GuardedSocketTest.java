/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AcceptQueueTimer;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.engine.ListenerCondition;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.FakeView;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** On a server that is full of connections, none of which has been idle for long. */
class GuardedSocketTest {
    private static final long PATIENCE = 4_000_000_000L;

    private final GuardConfig config = new GuardConfig(Map.of(Setting.RESET_BUDGET, 0));
    private final AdmissionPolicy policy = fullPolicy();
    private final ListenerSlots slots = policy.newListener();
    private final LongAdder waited = new LongAdder();
    private final WaitTimes waits = new WaitTimes(null);

    @Test
    void countsWhoHasToWaitOnceHoweverOftenItAsks() {
        try (IoThread io = IoThread.open(config, new FakeView(), Long.MAX_VALUE)) {
            GuardedSocket socket = socket(io);

            assertThat(socket.acceptOrWait(null)).isEqualTo(Admission.WAIT);
            assertThat(socket.askAgain(null, socket.accepts())).isEqualTo(Admission.WAIT);
            assertThat(socket.askAgain(null, socket.accepts())).isEqualTo(Admission.WAIT);
            assertThat(waited.sum()).isEqualTo(1);

            assertThat(socket.acceptOrWait(null)).isEqualTo(Admission.WAIT);
            assertThat(waited.sum()).isEqualTo(2);
            assertThat(waits.count()).isZero();

            socket.giveUp(socket.accepts());
            assertThat(waits.count()).isEqualTo(1);
        }
    }

    @Test
    void countsNobodyWhoCantWait() {
        try (IoThread io = IoThread.open(config, new FakeView(), Long.MAX_VALUE)) {
            GuardedSocket socket = socket(io);

            assertThat(socket.accept(null)).isEqualTo(Admission.RESPOND);
            assertThat(waited.sum()).isZero();
        }
    }

    private GuardedSocket socket(IoThread io) {
        return new GuardedSocket(
                policy,
                io,
                new ListenerWatch("http", new Accepting(), new Watch(Signal.ACCEPT_QUEUE, "http", config), config, 0),
                now -> false,
                () -> true,
                slots,
                openRoom(),
                waited,
                waits,
                (name, executor) -> {
                    throw new AssertionError("nobody watches work here");
                },
                () -> {},
                () -> {});
    }

    private AdmissionPolicy fullPolicy() {
        GuardSnapshot full = new GuardSnapshot(
                Level.SHED,
                Signal.DESCRIPTORS,
                "full",
                new Capacity(1024, 993, 960, 992),
                new Verdict(true, 100, "full"),
                Admission.RESPOND,
                false,
                List.of(),
                0);
        AdmissionPolicy policy = new AdmissionPolicy(
                config,
                () -> 993,
                () -> full,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> true, 0),
                0);
        policy.setEnabled(true);
        policy.sampled(full.capacity(), Level.SHED, 0);
        return policy;
    }

    /** Nobody in the queue yet. */
    private AcceptQueueTimer openRoom() {
        AcceptQueueTimer room =
                new AcceptQueueTimer(PATIENCE, () -> PATIENCE, slots.counts().accepts()::sum);
        room.watch(new EmptyQueue()).read(System.nanoTime());
        return room;
    }

    private static final class Accepting implements ListenerCondition {
        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public long accepts() {
            return 0;
        }
    }

    private static final class EmptyQueue implements Probe {
        @Override
        public Signal signal() {
            return Signal.ACCEPT_QUEUE;
        }

        @Override
        public Reading read(long nowNanos) {
            return new Reading.Measured(Signal.ACCEPT_QUEUE, 0, 100);
        }

        @Override
        public void close() {}
    }
}
