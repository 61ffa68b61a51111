package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.Capacity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomTest {
    @Test
    void isNettysOwnAndTheMostAnswersWhileTheLimitIsUnknown() {
        assertThat(Room.batch(Capacity.UNKNOWN, 16)).isEqualTo(16);
        assertThat(Room.answers(Capacity.UNKNOWN)).isEqualTo(Room.MOST_ANSWERS);
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 32, 100, 600, 6000})
    void leavesAQuarterOfTheReserveFree(long reserve) {
        Capacity capacity = new Capacity(20_000, 100, 10, 20_000 - reserve);

        assertThat(2L * Room.batch(capacity, 16) + Room.answers(capacity)).isLessThanOrEqualTo(reserve * 3 / 4);
    }

    @Test
    void acceptsOneAtATimeAndAnswersNobodyWithoutReserve() {
        Capacity none = new Capacity(256, 100, 10, 256);

        assertThat(Room.batch(none, 16)).isEqualTo(1);
        assertThat(Room.answers(none)).isZero();
    }

    @Test
    void neverRaisesABatchThatTheUserSetLower() {
        assertThat(Room.batch(new Capacity(20_000, 1, 1, 19_400), 2)).isEqualTo(2);
    }
}
