/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with 14 descriptors of its own, as Tomcat has, and a flood. */
class LimitsOfEverySizeTest {
    private static final int OF_THE_SERVER = 14;

    private long used = OF_THE_SERVER;
    private long own;
    private long evicted;

    @ParameterizedTest
    @CsvSource({
        "24, 0, 0",
        "32, 0, 0",
        "48, 0, 0",
        "59, 0, 0",
        "60, 1, 0",
        "64, 1, 0",
        "128, 4, 2",
        "256, 10, 6",
        "359, 15, 11",
        "360, 16, 12",
        "1000, 16, 12",
        "1024, 16, 12",
        "1400, 20, 12",
        "20000, 392, 12",
        "65536, 1303, 12",
        "524288, 2048, 12",
        "1073741816, 2048, 12"
    })
    void keepsBackWhatALimitCanSpare(long limit, long reserve, long keptFree) {
        assertThat(GuardConfig.defaults().reserve(limit)).isEqualTo(reserve);
        assertThat(capacity(limit).keptFree()).isEqualTo(keptFree);
    }

    @Test
    void neverKeepsBackLessOfMoreNorATenthOfWhatClientsHave() {
        GuardConfig config = GuardConfig.defaults();
        for (long limit = 1; limit < 200_000; limit++) {
            assertThat(config.reserve(limit)).isBetween(config.reserve(limit - 1), config.reserve(limit - 1) + 1);
            assertThat(config.reserve(limit) * 10).isLessThan(Math.max(1, limit - OF_THE_SERVER));
        }
    }

    /** The flood ends where the descriptors do; of the larger limits only the last thousand are filled one by one. */
    @ParameterizedTest
    @ValueSource(longs = {24, 32, 48, 64, 256, 1024, 20_000, 524_288, 1_073_741_816L})
    void servesNineTenthsOfWhatItHasAndLeavesTheUntouchedAlone(long limit) {
        AdmissionPolicy policy = policy(limit);
        long before = Math.max(0, limit - 30_000);
        used += before;
        own += before;
        long tried = 0;
        while (used < limit && tried++ < 2 * limit && tried < 70_000) {
            used++;
            if (policy.accept(null, false, tried) == Admission.ADMIT) {
                own++;
            } else {
                used--;
            }
        }

        assertThat(own * 10).isGreaterThanOrEqualTo((limit - OF_THE_SERVER) * 9);
        assertThat(used).isLessThanOrEqualTo(limit - capacity(limit).reserve());
        assertThat(policy.roomForAnswers(0))
                .isEqualTo((int) (capacity(limit).reserve() - capacity(limit).keptFree()));
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 256, 1024, 524_288, 1_073_741_816L})
    void replacesIdleOnesAtEachLimit(long limit) {
        AdmissionPolicy policy = policy(limit);
        for (int i = 0; i < 10; i++) {
            policy.open(null, how -> {
                evicted++;
                used--;
            });
        }
        used = limit - capacity(limit).reserve();
        long later = TimeUnit.MINUTES.toNanos(1);
        for (long now = 0; now <= later; now += TimeUnit.MILLISECONDS.toNanos(100)) {
            policy.sampled(capacity(limit), Level.SHED, now);
        }

        for (int i = 0; i < 10; i++) {
            used++;
            assertThat(policy.accept(null, false, later)).isEqualTo(Admission.ADMIT);
        }

        assertThat(evicted).isEqualTo(10);
    }

    @Test
    void decidesNothingUnlimited() {
        AdmissionPolicy policy = policy(0);

        for (int i = 0; i < 10_000; i++) {
            used++;
            assertThat(policy.accept(null, false, i)).isEqualTo(Admission.ADMIT);
        }
    }

    private AdmissionPolicy policy(long limit) {
        AdmissionPolicy policy = new AdmissionPolicy(
                new GuardConfig(Map.of(Setting.FAIRNESS, false)),
                () -> used,
                () -> new GuardSnapshot(
                        Level.NORMAL,
                        null,
                        "",
                        capacity(limit),
                        new Verdict(true, 100, ""),
                        Admission.ADMIT,
                        false,
                        List.of(),
                        0),
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(GuardConfig.defaults(), () -> true, 0),
                0);
        policy.setEnabled(true);
        policy.sampled(capacity(limit), Level.NORMAL, 0);
        return policy;
    }

    private Capacity capacity(long limit) {
        return limit == 0
                ? Capacity.UNKNOWN
                : new Capacity(limit, used, own, limit - GuardConfig.defaults().reserve(limit));
    }
}
