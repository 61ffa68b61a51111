/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import io.tcpguard.testkit.LogHandler;
import io.tcpguard.testkit.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransitionLogTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard.TcpGuard");
    private static final long MILLI = 1_000_000;

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new LogHandler(line -> lines.add(line.getLevel() + " " + line.getMessage()));
    private final TransitionLog log = new TransitionLog();

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(handler);
    }

    @Test
    void warnsOfShedAlthoughTrimWasWrittenAMomentAgo() {
        log.changed(at(Level.NORMAL), at(Level.ELEVATED), 0);
        log.changed(at(Level.ELEVATED), at(Level.SHED), 400 * MILLI);
        log.settle(at(Level.SHED), 999 * MILLI);
        assertThat(lines).hasSize(1);

        log.settle(at(Level.SHED), 1000 * MILLI);
        log.settle(at(Level.SHED), 2000 * MILLI);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1))
                .startsWith("WARNING")
                .contains("ELEVATED -> SHED")
                .doesNotContain("not written");
    }

    @Test
    void saysHowManyChangesItJoined() {
        log.changed(at(Level.NORMAL), at(Level.ELEVATED), 0);
        log.changed(at(Level.ELEVATED), at(Level.SHED), 100 * MILLI);
        log.changed(at(Level.SHED), at(Level.ELEVATED), 200 * MILLI);
        log.changed(at(Level.ELEVATED), at(Level.NORMAL), 300 * MILLI);
        log.settle(at(Level.NORMAL), 1000 * MILLI);

        assertThat(lines.get(1))
                .startsWith("INFO")
                .contains("ELEVATED -> NORMAL")
                .contains("2 changes");
    }

    @Test
    void saysNothingOfWhatWasThereAndBackWithinTheSecond() {
        log.changed(at(Level.NORMAL), at(Level.ELEVATED), 0);
        log.changed(at(Level.ELEVATED), at(Level.SHED), 100 * MILLI);
        log.changed(at(Level.SHED), at(Level.ELEVATED), 200 * MILLI);
        log.settle(at(Level.ELEVATED), 1000 * MILLI);

        assertThat(lines).hasSize(1);
    }

    @Test
    void warnsAtTheStartOfALimitOfWhichNothingCanBeKeptBack() {
        log.started(at(Level.NORMAL, new Capacity(48, 20, 0, 48)), 1, 1, -1);

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .startsWith("WARNING")
                .contains("admits everybody")
                .contains("48 descriptors");
    }

    @Test
    void saysOfAStartOnlyThatHealthHasNoPort() {
        GuardSnapshot notYet = at(Level.NORMAL, new Verdict(false, 0, "listener http does not accept yet"));
        log.started(at(Level.NORMAL, new Capacity(1024, 20, 0, 1000)), 1, 1, -1);
        log.changed(at(Level.NORMAL), notYet, 0);
        log.settle(notYet, 5000 * MILLI);
        log.changed(notYet, at(Level.NORMAL), 9000 * MILLI);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("health has no port");
        assertThat(lines.get(1))
                .startsWith("INFO")
                .contains("tcpguard: NORMAL, health up, weight 100")
                .doesNotContain("DOWN", "->");
    }

    @Test
    void saysOfAStartNearALimitThatHealthIsNotUpYet() {
        GuardSnapshot notYet = at(Level.NORMAL, new Verdict(false, 0, "listener http does not accept yet"));
        GuardSnapshot trimmed = at(Level.ELEVATED, new Verdict(false, 0, "listener http does not accept yet"));
        log.changed(at(Level.NORMAL), notYet, 0);
        log.changed(notYet, trimmed, 2000 * MILLI);
        log.changed(trimmed, at(Level.ELEVATED), 4000 * MILLI);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("NORMAL -> ELEVATED, health not up yet");
        assertThat(lines.get(1)).contains("ELEVATED, health up").doesNotContain("->");
    }

    @Test
    void saysThatHealthIsUpAgainWithoutATransitionToTheSameLevel() {
        GuardSnapshot gone = at(Level.DRAIN, new Verdict(false, 0, "listener http does not accept"));
        GuardSnapshot held = at(Level.NORMAL, new Verdict(false, 0, "listener http does not accept"));
        log.changed(at(Level.NORMAL), gone, 0);
        log.changed(gone, held, 2000 * MILLI);
        log.changed(held, at(Level.NORMAL), 7000 * MILLI);

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("WARNING").contains("NORMAL -> DRAIN, health DOWN");
        assertThat(lines.get(1)).contains("DRAIN -> NORMAL, health DOWN");
        assertThat(lines.get(2))
                .contains("tcpguard: NORMAL, health up, weight 100")
                .doesNotContain("->");
    }

    /** Connectors come one by one, and are bound anew when they start. */
    @Test
    void tellsOfAnotherLimitOfConnectionsOnceItHasHeldForASecond() {
        GuardSnapshot none = at(Level.NORMAL, bound(ConnectionLimits.NONE));
        GuardSnapshot one = at(Level.NORMAL, bound(8192));
        GuardSnapshot two = at(Level.NORMAL, bound(16_384));
        log.settle(none, 0);
        log.settle(one, 100 * MILLI);
        log.settle(none, 900 * MILLI);
        log.settle(one, 1000 * MILLI);
        log.settle(two, 1900 * MILLI);
        assertThat(lines).isEmpty();

        log.settle(two, 2000 * MILLI);
        log.settle(two, 4000 * MILLI);

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("INFO").contains("16,384 by the server's maxConnections");
    }

    private static Capacity bound(long maxConnections) {
        return new Capacity(
                20_000,
                100,
                0,
                0,
                19_600,
                new ConnectionLimits(maxConnections, ConnectionLimits.NONE, ConnectionLimits.NONE));
    }

    private static GuardSnapshot at(Level level, Verdict verdict) {
        return Snapshots.of(level, Signal.DESCRIPTORS, 100, verdict, "why");
    }

    private static GuardSnapshot at(Level level) {
        return at(level, Capacity.UNKNOWN);
    }

    private static GuardSnapshot at(Level level, Capacity capacity) {
        return new GuardSnapshot(
                level,
                Signal.DESCRIPTORS,
                "why",
                capacity,
                new Verdict(true, 100, "why"),
                Admission.ADMIT,
                false,
                List.of(),
                0);
    }
}
