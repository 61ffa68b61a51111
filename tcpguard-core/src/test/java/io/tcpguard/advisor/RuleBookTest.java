/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.internal.report.incident.MoreRoom;
import io.tcpguard.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RuleBookTest {

    private static final String RULE =
            """
            [net.core.somaxconn]
            scope: namespace
            what: a queue
            here: for {listeners}
            warn if value below 128: too short
            risk: none
            source: listen(2)
            """;

    private final List<Rule> rules = RuleBook.standard().all();

    @Test
    void namesOnlyFactsAndSettingsInItsTexts() {
        for (Rule rule : rules) {
            List<String> texts = new ArrayList<>(List.of(rule.here(), rule.ok()));
            rule.cases().forEach(c -> texts.add(c.message()));
            texts.addAll(rule.how());
            for (String text : texts) {
                assertThat(Template.NAME.matcher(text).results().map(m -> m.group(1)))
                        .as(rule.setting())
                        .allMatch(name -> Set.of("value", "set", "listeners").contains(name)
                                || Fact.named(name).isPresent()
                                || name.startsWith("net."));
                assertThat(Template.NAME.matcher(text).replaceAll(""))
                        .as(rule.setting())
                        .doesNotContain("{", "}");
            }
        }
    }

    @Test
    void tellsWhatToDoWhereverItComplains() {
        for (Rule rule : rules) {
            boolean complains =
                    rule.cases().stream().anyMatch(c -> c.judgement().atLeast(Judgement.ADVISE));
            if (complains) {
                assertThat(rule.how().size() + (rule.target() instanceof Target.Words ? 0 : 1))
                        .as(rule.setting())
                        .isPositive();
            }
        }
    }

    @Test
    void recommendsNoValueThatItsOwnCasesWouldComplainOf() {
        for (Rule rule : rules) {
            if (rule.target() instanceof Target.Text || rule.target() instanceof Target.Largest) {
                for (Rule.Case c : rule.cases()) {
                    assertThat(holdsForItsOwnTarget(rule, c))
                            .as(rule.setting() + ": " + c.words())
                            .isFalse();
                }
            }
        }
    }

    /** Only cases that look at nothing but the value can be checked without a machine. */
    private static boolean holdsForItsOwnTarget(Rule rule, Rule.Case c) {
        Machine nowhere =
                new MachineReader(java.nio.file.Path.of("/nowhere"), java.util.OptionalLong::empty).self(List.of());
        long target =
                rule.field().of(rule.target().on(nowhere, 0).orElseThrow()).orElseThrow();
        return c.conditions().stream().allMatch(k -> k.on(nowhere, target) == Condition.Answer.YES);
    }

    @Test
    void hasARuleForEverySettingThatAnIncidentNames() {
        Set<String> names = rules.stream().map(Rule::setting).collect(Collectors.toSet());

        assertThat(Stream.of(Signal.values()).flatMap(s -> MoreRoom.settings(s).stream()))
                .isSubsetOf(names);
    }

    /** What two field reports of servers that ran out of sockets had seen, or had set, each has its rule. */
    @Test
    void answersEachRowOfTwoFieldReports() {
        Set<String> names = rules.stream().map(Rule::setting).collect(Collectors.toSet());

        assertThat(names)
                .contains("descriptors", "net.ipv4.vs.expire_nodest_conn", "backlog", "listen-overflows", "syn-cookies")
                .contains("time-wait", "time-wait-overflows", "close-wait", "fin-wait2", "memory-aborts")
                .contains("net.core.somaxconn", "net.core.rps_sock_flow_entries")
                .containsAll(named(
                        "net.ipv4.",
                        "tcp_tw_recycle tcp_timestamps tcp_max_tw_buckets tcp_synack_retries tcp_syncookies"
                                + " tcp_max_syn_backlog tcp_fin_timeout tcp_keepalive_time tcp_keepalive_intvl"
                                + " tcp_keepalive_probes tcp_retries1 tcp_retries2 tcp_syn_retries tcp_tw_reuse"
                                + " tcp_mem tcp_rmem tcp_wmem udp_mem udp_rmem_min udp_wmem_min"))
                .containsAll(named(
                        "net.netfilter.nf_conntrack_",
                        "max count buckets expect_max helper events checksum tcp_loose tcp_be_liberal"
                                + " tcp_timeout_established tcp_timeout_close_wait tcp_timeout_fin_wait"
                                + " tcp_timeout_last_ack tcp_timeout_syn_sent tcp_timeout_syn_recv"
                                + " tcp_timeout_time_wait udp_timeout udp_timeout_stream generic_timeout"
                                + " icmp_timeout"));
    }

    private static List<String> named(String prefix, String names) {
        return Stream.of(names.split(" ", -1)).map(prefix::concat).toList();
    }

    @Test
    void readsARule() {
        Rule rule = RuleBook.parse(RULE).all().get(0);

        assertThat(rule.setting()).isEqualTo("net.core.somaxconn");
        assertThat(rule.scope()).isEqualTo(Rule.RuleScope.NAMESPACE);
        assertThat(rule.cases()).singleElement().satisfies(c -> {
            assertThat(c.judgement()).isEqualTo(Judgement.WARN);
            assertThat(c.words()).isEqualTo("value below 128");
        });
    }

    @Test
    void refusesASettingThatStandsInItTwice() {
        assertThatThrownBy(() -> RuleBook.parse(RULE + RULE)).hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour: red",
                "what: a second time",
                "warn if value: no comparison",
                "warn if value under 3: unknown word",
                "warn if valeu below 3: unknown term",
                "warn if value below ten: unknown number",
                "perhaps if value below 3: unknown judgement",
                "reads: middle",
                "set: many",
                "since: old",
                "no colon"
            })
    void refusesALineThatItDoesNotUnderstandAndNamesIt(String line) {
        assertThatThrownBy(() -> RuleBook.parse(RULE + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[net.core.somaxconn]")
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"scope", "what", "here", "risk", "source"})
    void refusesARuleThatLacksALine(String key) {
        String lacking = RULE.lines().filter(l -> !l.startsWith(key + ":")).collect(Collectors.joining("\n"));

        assertThatThrownBy(() -> RuleBook.parse(lacking)).hasMessageContaining("'" + key + ": ...'");
    }
}
