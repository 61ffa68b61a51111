/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.CheckerStatus;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.Level;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import io.tcpguard.state.WaitHistogram;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A guard that says what the test wants. */
public class FakeView implements GuardView {
    public FakeView() {}

    private volatile GuardSnapshot snapshot = snapshot(Level.NORMAL, null, 80, "all well", false);
    private volatile boolean stale;
    private volatile List<ListenerStatus> listeners = List.of();
    final RefusalCounters shed = new RefusalCounters();
    private volatile boolean room = true;
    private volatile boolean resets = true;
    private volatile String advice = "advice × 1\n";
    private volatile Diagnostics background = new Diagnostics(
            Trend.CALM, Census.failed("nobody looked"), 0, TcpCounts.UNKNOWN, TcpCounts.TimeWaitLoss.NONE, List.of());

    FakeView says(Level level, @Nullable Signal leading, int weight, String reason) {
        snapshot = snapshot(level, leading, weight, reason, false);
        return this;
    }

    FakeView down(String reason) {
        return says(Level.DRAIN, Signal.DESCRIPTORS, 0, reason);
    }

    FakeView down(String reason, DownBy by) {
        snapshot = snapshot.drained(reason, by);
        return this;
    }

    FakeView resetsOnly() {
        snapshot = snapshot(Level.SHED, Signal.TIME_WAIT, 80, "TIME_WAIT is past half its limit", true);
        return this;
    }

    FakeView stale(boolean now) {
        stale = now;
        return this;
    }

    @Override
    public GuardSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public boolean stale() {
        return stale;
    }

    FakeView full() {
        room = false;
        return this;
    }

    @Override
    public boolean mayReset() {
        return snapshot().resetsOnly();
    }

    @Override
    public boolean mayResetForWantOfRoom() {
        return resets;
    }

    FakeView withoutResets() {
        resets = false;
        return this;
    }

    @Override
    public boolean roomForStrangers() {
        return room;
    }

    @Override
    public String advice(boolean json) {
        return json ? "{\"findings\": []}\n" : advice;
    }

    @Override
    public String incident(boolean json) {
        return json ? "{\"episodes\":[]}\n" : "What happened: 22.0 s of trouble\n";
    }

    void advises(String text) {
        advice = text;
    }

    FakeView seesBeside(Diagnostics seen) {
        background = seen;
        return this;
    }

    FakeView lists(List<ListenerStatus> seen) {
        listeners = seen;
        return this;
    }

    @Override
    public String history() {
        return "{\"now\":0}\n";
    }

    @Override
    public MeterSource meters() {
        GuardStatus status = new GuardStatus(
                Duration.ofMillis(20),
                Duration.ofMillis(9_400),
                Duration.ofMillis(2_660),
                123,
                WaitHistogram.NONE,
                7,
                background.trend(),
                snapshot.verdict(),
                Optional.empty(),
                4,
                2,
                new CheckerStatus(1, Optional.of(Duration.ofMillis(1_500))),
                listeners);
        return MeterSource.of(snapshot, status, shed);
    }

    @Override
    public AdmissionStatus admission() {
        return new AdmissionStatus(9_400_000_000L, 2_660_000_000L, 123);
    }

    @Override
    public Diagnostics background() {
        return background;
    }

    private static RefusalCounters.@Nullable Reason refusal(@Nullable Signal leading) {
        if (leading == Signal.WORK_DELAY) {
            return RefusalCounters.Reason.WORK_DELAY;
        }
        return leading == Signal.ACCEPT_QUEUE
                ? RefusalCounters.Reason.ACCEPT_QUEUE
                : leading == Signal.SYSTEM_FILES ? RefusalCounters.Reason.SYSTEM_FILES : null;
    }

    private static GuardSnapshot snapshot(
            Level level, @Nullable Signal leading, int weight, String reason, boolean resetsOnly) {
        return new GuardSnapshot(
                level,
                leading,
                reason,
                new Capacity(1024, 40, 20, 992),
                new Verdict(weight > 0, weight, reason),
                Admission.ADMIT,
                refusal(leading),
                false,
                resetsOnly,
                Trend.CALM,
                List.of(),
                List.of(
                        new SignalState("", new Reading.Measured(Signal.DESCRIPTORS, 40, 1024), level),
                        new SignalState(
                                "http-8080",
                                new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.NOT_SUPPORTED, "no \"tcp_info\""),
                                Level.NORMAL)),
                0,
                false);
    }
}
