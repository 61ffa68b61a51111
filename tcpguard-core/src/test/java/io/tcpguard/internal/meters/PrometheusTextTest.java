/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.CheckerStatus;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
    private final RefusalCounters shed = new RefusalCounters();
    private Trend trend = Trend.CALM;
    private Capacity capacity = new Capacity(1000, 700, 400, 100, 980);

    @Test
    void tellsEachStateAsOneOrZero() {
        assertThat(text(List.of()))
                .contains("tcpguard_status{state=\"shed\"} 1\n", "tcpguard_status{state=\"normal\"} 0\n")
                .contains("tcpguard_health{state=\"up\"} 0\n", "tcpguard_health{state=\"down\"} 1\n")
                .contains("tcpguard_draining 1\n");
    }

    @Test
    void tellsWhoseTheDescriptorsAreAndWhichLimitBinds() {
        assertThat(text(List.of()))
                .contains("tcpguard_descriptors{state=\"own\"} 400\n")
                .contains("tcpguard_descriptors{state=\"brought\"} 100\n")
                .contains("tcpguard_descriptors{state=\"other\"} 200\n")
                .contains("tcpguard_descriptors_limit 1000\n", "tcpguard_descriptors_threshold 980\n")
                .contains("tcpguard_slots_binding{limit=\"descriptors\"} 1\n")
                .contains("tcpguard_slots_connections{limit=\"memory\"} NaN\n");
    }

    @Test
    void saysNotKnownNeverZero() {
        capacity = Capacity.UNKNOWN;

        assertThat(text(List.of(listener("blind", OptionalLong.empty()))))
                .contains("tcpguard_descriptors_limit NaN\n", "tcpguard_descriptors{state=\"own\"} NaN\n")
                .contains("tcpguard_slots_binding{limit=\"descriptors\"} 0\n")
                .contains("tcpguard_pressure{scope=\"host\",signal=\"orphans\"} NaN\n")
                .contains("tcpguard_listener_queue_length_connections{listener=\"blind\"} NaN\n");
    }

    @Test
    void tellsHowLongDescriptorsLastByWhatGrows() {
        assertThat(text(List.of())).contains("tcpguard_descriptors_left_seconds{trend=\"leak\"} +Inf\n");

        trend = new Trend(Trend.Kind.LEAK, 0.5, 600);

        assertThat(text(List.of()))
                .contains("tcpguard_descriptors_left_seconds{trend=\"leak\"} 600\n")
                .contains("tcpguard_descriptors_left_seconds{trend=\"flood\"} +Inf\n");
    }

    @Test
    void tellsOfEachListenerHowManyWaitedAndForHowLong() {
        assertThat(text(List.of(listener("http-nio-8080", OptionalLong.of(17)))))
                .contains("# TYPE tcpguard_listener_wait_seconds summary\n")
                .contains("tcpguard_listener_wait_seconds_count{listener=\"http-nio-8080\"} 3\n")
                .contains("tcpguard_listener_wait_seconds_sum{listener=\"http-nio-8080\"} 4.5\n")
                .contains("tcpguard_listener_work_delay_seconds{listener=\"http-nio-8080\"} 0.25\n");
    }

    @Test
    void tellsHowManyWaitedForHowLong() {
        assertThat(text(List.of()))
                .contains("# TYPE tcpguard_wait_within_connections_total counter\n")
                .contains("tcpguard_wait_within_connections_total{within=\"0.5\"} 2\n")
                .contains("tcpguard_wait_within_connections_total{within=\"10.0\"} 4\n")
                .contains("tcpguard_wait_within_connections_total{within=\"+Inf\"} 5\n");
    }

    @Test
    void letsNoNameBreakALine() {
        assertThat(text(List.of(listener("a\"} 1\nx{y=\"\\\u0007", OptionalLong.of(1)))))
                .contains("tcpguard_listener_queue_length_connections{listener=\"a\\\"} 1\\nx{y=\\\"\\\\?\"} 1\n");
    }

    @Test
    void staysShortHoweverManyListenersThereAreAndHoweverLongTheirNames() {
        List<ListenerStatus> many = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            many.add(listener(i + "\"".repeat(10_000), OptionalLong.of(1)));
        }

        assertThat(text(many).length()).isLessThan(256 * 1024);
    }

    @Test
    void tellsOnceOfTwoListenersOfOneName() {
        String text = text(List.of(listener("http", OptionalLong.of(1)), listener("http", OptionalLong.of(2))));

        assertThat(Pattern.compile(Pattern.quote("tcpguard_listener_queue_length_connections{"))
                        .matcher(text)
                        .results())
                .hasSize(1);
    }

    @Test
    void endsAsOpenMetricsWantsAndNamesCountersWithoutTheirSuffix() {
        String text = PrometheusText.of(source(List.of()), true);

        assertThat(text)
                .endsWith("\n# EOF\n")
                .contains("# TYPE tcpguard_shed counter\ntcpguard_shed_total{")
                .doesNotContain("# TYPE tcpguard_shed_total");
    }

    private String text(List<ListenerStatus> listeners) {
        return PrometheusText.of(source(listeners), false);
    }

    private static ListenerStatus listener(String name, OptionalLong queued) {
        return new ListenerStatus(
                name, 7, queued, OptionalLong.of(100), Optional.of(Duration.ofMillis(250)), 3, Duration.ofMillis(4500));
    }

    private MeterSource source(List<ListenerStatus> listeners) {
        Verdict down = new Verdict(false, 0, "operator");
        GuardSnapshot snapshot = new GuardSnapshot(
                Level.SHED,
                null,
                "full",
                capacity,
                down,
                Admission.RESPOND,
                false,
                List.of(new SignalState("", new Reading.Measured(Signal.DESCRIPTORS, 700, 1000), Level.SHED)),
                0);
        return MeterSource.of(
                snapshot,
                new GuardStatus(
                        Duration.ofMillis(20),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(4),
                        5,
                        new WaitHistogram(List.of(1L, 1L, 2L, 2L, 2L, 3L, 3L, 3L, 4L, 5L)),
                        6,
                        trend,
                        down,
                        Optional.of("operator"),
                        1,
                        2,
                        CheckerStatus.NOBODY,
                        listeners),
                shed);
    }
}
