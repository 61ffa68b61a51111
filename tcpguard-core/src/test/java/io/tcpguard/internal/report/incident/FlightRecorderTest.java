/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import io.tcpguard.state.Verdict;
import io.tcpguard.testkit.Snapshots;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FlightRecorderTest {
    private static final Episode.RefusalKind RESET = new Episode.RefusalKind(
            RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);

    private static final long SECOND = 1_000_000_000;
    private static final Verdict UP = new Verdict(true, 96, "up");

    private final FlightRecorder recorder = new FlightRecorder(4, () -> TcpCounts.UNKNOWN);
    private final RefusalCounters shed = new RefusalCounters();
    private GuardSnapshot now = Snapshots.calm();

    private long at;

    private void to(GuardSnapshot next, long nanos) {
        recorder.record(new Transition(now, next), nanos, shed, nanos);
        now = next;
        at = nanos;
    }

    private List<Episode> episodes() {
        return recorder.episodes(now, at, shed, at);
    }

    private Episode newest() {
        List<Episode> all = episodes();
        return all.get(all.size() - 1);
    }

    private void trouble(Level level, long from) {
        to(Snapshots.at(level, 992), from);
        to(Snapshots.calm(), from + 2);
    }

    @Test
    void hasNoEpisodeBeforeTheFirstChange() {
        assertThat(episodes()).isEmpty();
    }

    @Test
    void keepsAnEpisodeFromItsFirstChangeToTheCalmAfterIt() {
        to(Snapshots.at(Level.ELEVATED, 870), 5);
        to(Snapshots.at(Level.SHED, 992), 7);
        assertThat(newest().over()).isFalse();
        to(Snapshots.calm(), 20);

        assertThat(newest().over()).isTrue();
        assertThat(newest().peak()).isEqualTo(Level.SHED);
        assertThat(newest().lengthNanos()).isEqualTo(15);
        assertThat(newest().before()).isEqualTo(Snapshots.calm());
    }

    @Test
    void countsUpToNowWhileAnEpisodeGoesOn() {
        to(Snapshots.at(Level.SHED, 992), 5);
        for (int i = 0; i < 3000; i++) {
            refuse();
        }
        at = SECOND * 40;

        assertThat(newest().refused()).containsExactly(Map.entry(RESET, 3000L));
        assertThat(newest().lengthNanos()).isEqualTo(SECOND * 40 - 5);
        assertThat(newest().waited()).isEqualTo(SECOND * 40);
        assertThat(newest().over()).isFalse();
    }

    @Test
    void keepsTheLastTenAndTheWorst() {
        trouble(Level.DRAIN, 100);
        for (int i = 1; i <= 12; i++) {
            trouble(Level.SHED, 100L * (i + 1));
        }

        assertThat(episodes()).hasSize(10);
        assertThat(FlightRecorder.worst(episodes()))
                .hasValueSatisfying(e -> assertThat(e.first().atNanos()).isEqualTo(100));
        assertThat(newest().first().atNanos()).isEqualTo(1300);
        assertThat(episodes().get(1).first().atNanos()).isEqualTo(500);
    }

    @Test
    void takesWhoeverRefusedMostForTheWorstOfOneLevel() {
        to(Snapshots.at(Level.SHED, 992), 5);
        refuse();
        to(Snapshots.calm(), 7);
        trouble(Level.SHED, 100);

        assertThat(FlightRecorder.worst(episodes()).orElseThrow().first().atNanos())
                .isEqualTo(5);
    }

    @Test
    void takesNoTrifleForAnEpisodeAndForgetsNoneForIt() {
        trouble(Level.SHED, 5);
        for (int i = 1; i <= 20; i++) {
            to(Snapshots.of(Level.ELEVATED, Signal.LISTEN_DROPS, 100, UP, "drops"), i * 100L);
            assertThat(episodes()).hasSize(1);
            to(Snapshots.calm(), i * 100 + 50);
        }

        assertThat(newest().first().atNanos()).isEqualTo(5);
    }

    @Test
    void takesAMinuteNearTheLimitForAnEpisode() {
        to(Snapshots.at(Level.ELEVATED, 870), 5);
        at = 5 + SECOND * 60 - 1;
        assertThat(episodes()).isEmpty();
        at++;
        assertThat(episodes()).hasSize(1);
        to(Snapshots.calm(), at);
        assertThat(episodes()).hasSize(1);
    }

    @Test
    void takesAMomentAtTrimInWhichSomebodyHadToGoForAnEpisode() {
        to(Snapshots.at(Level.ELEVATED, 870), 5);
        refuse();
        to(Snapshots.calm(), 7);

        assertThat(newest().refusedInAll()).isEqualTo(1);
    }

    @Test
    void takesNoStartForAnEpisode() {
        Verdict notYet = new Verdict(false, 0, "listener http does not accept yet");
        to(Snapshots.of(Level.NORMAL, null, 100, notYet, "listener http does not accept yet"), 5);
        to(Snapshots.of(Level.ELEVATED, Signal.TIME_WAIT, 100, notYet, "listener http does not accept yet"), 6);
        to(Snapshots.calm(), SECOND * 3);

        assertThat(episodes()).isEmpty();
    }

    @Test
    void takesNoDeployForAnEpisodeUnlessSomebodyIsRefused() {
        Verdict down = new Verdict(false, 0, "deploy", DownBy.OPERATOR);
        GuardSnapshot drained = Snapshots.of(Level.DRAIN, null, 100, down, "deploy");
        to(drained, 5);
        assertThat(recorder.episodes(now, SECOND * 600, shed, 0)).isEmpty();
        to(Snapshots.calm(), SECOND * 600);
        assertThat(episodes()).isEmpty();

        to(drained, SECOND * 700);
        to(Snapshots.leak("a leak besides"), SECOND * 701);
        assertThat(episodes()).hasSize(1);
    }

    @Test
    void keepsBeginningAndEndOfAnEpisodeThatIsTooLong() {
        for (int i = 1; i <= 10; i++) {
            to(Snapshots.at(i % 2 == 0 ? Level.ELEVATED : Level.SHED, 900 + i), i);
        }

        assertThat(newest().moments())
                .extracting(Episode.Moment::atNanos)
                .as("and now")
                .containsExactly(1L, 8L, 9L, 10L, 10L);
        assertThat(newest().lost()).isEqualTo(6);
    }

    @Test
    void countsWhoWasRefusedInTheMomentBeforeTheFirstChange() {
        refuse();
        to(Snapshots.at(Level.SHED, 992), 5);
        refuse();
        to(Snapshots.calm(), 7);
        assertThat(newest().refusedInAll()).isEqualTo(2);

        refuse();
        to(Snapshots.at(Level.SHED, 992), 100);
        to(Snapshots.calm(), 107);
        assertThat(newest().refusedInAll()).isEqualTo(1);
    }

    @Test
    void countsNobodyWhoWasRefusedLongBefore() {
        refuse();
        for (int second = 0; second < 100; second++) {
            recorder.calmAt(now, second * SECOND, shed, 0);
        }
        refuse();
        to(Snapshots.at(Level.SHED, 992), 100 * SECOND);

        assertThat(newest().refusedInAll()).isEqualTo(1);
    }

    private void refuse() {
        shed.count(RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
    }

    @Test
    void knowsHowManyHadWaited() {
        to(Snapshots.at(Level.SHED, 992), 5);
        to(Snapshots.calm(), 7);

        assertThat(newest().waited()).isEqualTo(7);
    }

    @Test
    void refusesToHaveNoRoomForABeginningAndAnEnd() {
        assertThatThrownBy(() -> new FlightRecorder(1, () -> TcpCounts.UNKNOWN)).hasMessageContaining("room=1");
    }
}
