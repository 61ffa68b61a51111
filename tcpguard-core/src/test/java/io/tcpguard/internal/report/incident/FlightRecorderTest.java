package io.tcpguard.internal.report.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Shed;
import io.tcpguard.state.Transition;
import io.tcpguard.testkit.Snapshots;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FlightRecorderTest {
    private static final Episode.Refusal RESET =
            new Episode.Refusal(Shed.Layer.ACCEPT, Shed.Way.RESET, Shed.Cause.CONNECTIONS);

    private final FlightRecorder recorder = new FlightRecorder(4, () -> TcpCounts.UNKNOWN);
    private final Shed shed = new Shed();
    private GuardSnapshot now = Snapshots.calm();

    private void to(GuardSnapshot next, long nanos) {
        recorder.record(new Transition(now, next), nanos, shed, nanos);
        now = next;
    }

    @Test
    void hasNoEpisodeBeforeTheFirstChange() {
        assertThat(recorder.episode()).isEmpty();
    }

    @Test
    void keepsAnEpisodeFromItsFirstChangeToTheCalmAfterIt() {
        to(Snapshots.at(Level.TRIM, 870), 5);
        to(Snapshots.at(Level.SHED, 992), 7);
        assertThat(recorder.episode().orElseThrow().over()).isFalse();
        to(Snapshots.calm(), 20);

        Episode episode = recorder.episode().orElseThrow();
        assertThat(episode.over()).isTrue();
        assertThat(episode.peak()).isEqualTo(Level.SHED);
        assertThat(episode.lengthNanos()).isEqualTo(15);
        assertThat(episode.before()).isEqualTo(Snapshots.calm());
    }

    @Test
    void forgetsAnEpisodeWhenTheNextOneBegins() {
        to(Snapshots.at(Level.SHED, 992), 5);
        to(Snapshots.calm(), 7);
        to(Snapshots.at(Level.TRIM, 870), 100);

        assertThat(recorder.episode().orElseThrow().first().atNanos()).isEqualTo(100);
    }

    @Test
    void keepsBeginningAndEndOfAnEpisodeThatIsTooLong() {
        for (int i = 1; i <= 10; i++) {
            to(Snapshots.at(i % 2 == 0 ? Level.TRIM : Level.SHED, 900 + i), i);
        }

        Episode episode = recorder.episode().orElseThrow();
        assertThat(episode.moments()).extracting(Episode.Moment::atNanos).containsExactly(1L, 8L, 9L, 10L);
        assertThat(episode.lost()).isEqualTo(6);
    }

    @Test
    void copiesTheCountsOfTheMoment() {
        to(Snapshots.at(Level.TRIM, 870), 4);
        refuse();
        to(Snapshots.at(Level.SHED, 992), 5);
        refuse();

        assertThat(recorder.episode().orElseThrow().last().refused()).containsOnly(Map.entry(RESET, 1L));
    }

    @Test
    void countsWhoWasRefusedInTheMomentBeforeTheFirstChange() {
        refuse();
        to(Snapshots.at(Level.SHED, 992), 5);
        refuse();
        to(Snapshots.calm(), 7);
        assertThat(recorder.episode().orElseThrow().first().refused()).isEmpty();
        assertThat(recorder.episode().orElseThrow().last().refused()).containsOnly(Map.entry(RESET, 2L));

        refuse();
        to(Snapshots.at(Level.SHED, 992), 100);
        to(Snapshots.calm(), 107);
        assertThat(recorder.episode().orElseThrow().first().refused()).containsOnly(Map.entry(RESET, 2L));
        assertThat(recorder.episode().orElseThrow().last().refused()).containsOnly(Map.entry(RESET, 3L));
    }

    private void refuse() {
        shed.count(Shed.Layer.ACCEPT, Shed.Way.RESET, Shed.Cause.CONNECTIONS);
    }

    @Test
    void knowsHowManyHadWaited() {
        to(Snapshots.at(Level.SHED, 992), 5);
        to(Snapshots.calm(), 7);

        assertThat(recorder.episode().orElseThrow().moments())
                .extracting(Episode.Moment::waited)
                .containsExactly(0L, 7L);
    }

    @Test
    void refusesToHaveNoRoomForABeginningAndAnEnd() {
        assertThatThrownBy(() -> new FlightRecorder(1, () -> TcpCounts.UNKNOWN)).hasMessageContaining("room=1");
    }
}
