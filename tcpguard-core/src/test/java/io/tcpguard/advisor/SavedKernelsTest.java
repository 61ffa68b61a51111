/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule on the defaults of five kernels, then on what the two field reports made of them. */
final class SavedKernelsTest {

    private final Path proc;

    SavedKernelsTest(@TempDir Path proc) {
        this.proc = proc;
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.10", "4.19", "5.15", "6.1", "6.12"})
    void callsNoDefaultDangerous(String kernel) {
        List<Finding> findings = Advisor.examine(SavedMachine.of(kernel, proc).machine());

        assertThat(findings)
                .hasSameSizeAs(RuleBook.standard().all())
                .noneMatch(f -> f.judgement() == Judgement.DANGEROUS);
    }

    @ParameterizedTest
    @CsvSource({"3.10, WARN", "4.19, WARN", "5.15, OK", "6.1, OK", "6.12, OK"})
    void warnsOfSomaxconnWhereItsDefaultIsStill128(String kernel, Judgement judgement) {
        assertThat(SavedMachine.of(kernel, proc).judgement("net.core.somaxconn"))
                .isEqualTo(judgement);
    }

    @ParameterizedTest
    @CsvSource({
        "3.10, OK",
        "4.19, NOT_APPLICABLE",
        "5.15, NOT_APPLICABLE",
        "6.1, NOT_APPLICABLE",
        "6.12, NOT_APPLICABLE"
    })
    void saysThatRecycleIsGoneSince412(String kernel, Judgement judgement) {
        Finding finding = SavedMachine.of(kernel, proc).finding("net.ipv4.tcp_tw_recycle");

        assertThat(finding.judgement()).isEqualTo(judgement);
        if (judgement == Judgement.NOT_APPLICABLE) {
            assertThat(finding.message()).contains("removed").contains("4.11");
        }
    }

    @ParameterizedTest
    @CsvSource({"3.10, WARN", "4.19, OK", "5.15, OK", "6.1, NOT_APPLICABLE", "6.12, NOT_APPLICABLE"})
    void followsTheConntrackHelperToItsEnd(String kernel, Judgement judgement) {
        assertThat(SavedMachine.of(kernel, proc).judgement("net.netfilter.nf_conntrack_helper"))
                .isEqualTo(judgement);
    }

    @Test
    void callsRecycleWithTimestampsFatalOnAnOldKernel() {
        SavedMachine machine = SavedMachine.of("3.10", proc).set("net.ipv4.tcp_tw_recycle", "1");

        assertThat(machine.judgement("net.ipv4.tcp_tw_recycle")).isEqualTo(Judgement.DANGEROUS);
        assertThat(machine.judgement("net.ipv4.tcp_timestamps")).isEqualTo(Judgement.OK);
        machine.set("net.ipv4.tcp_timestamps", "0");
        assertThat(machine.judgement("net.ipv4.tcp_tw_recycle")).isEqualTo(Judgement.WARN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.10", "4.19", "5.15", "6.1", "6.12"})
    void callsReportAsBadAdviceDangerousOnEveryKernel(String kernel) {
        SavedMachine machine = SavedMachine.of(kernel, proc).with("report-a");

        for (String dangerous : List.of(
                "net.ipv4.tcp_synack_retries",
                "net.ipv4.tcp_fin_timeout",
                "net.ipv4.tcp_keepalive_time",
                "net.ipv4.tcp_keepalive_intvl",
                "net.ipv4.tcp_retries2",
                "net.netfilter.nf_conntrack_tcp_timeout_established")) {
            assertThat(machine.judgement(dangerous)).as(dangerous).isEqualTo(Judgement.DANGEROUS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "net.core.somaxconn, OK",
        "net.core.rps_sock_flow_entries, OK",
        "net.ipv4.tcp_max_syn_backlog, OK",
        "net.ipv4.tcp_max_tw_buckets, WARN",
        "net.ipv4.tcp_keepalive_probes, WARN",
        "net.ipv4.tcp_retries1, WARN",
        "net.ipv4.tcp_mem, OK",
        "net.netfilter.nf_conntrack_max, OK",
        "net.netfilter.nf_conntrack_expect_max, OK",
        "net.netfilter.nf_conntrack_events, OK",
        "net.netfilter.nf_conntrack_tcp_loose, OK",
        "net.netfilter.nf_conntrack_checksum, OK",
        "net.netfilter.nf_conntrack_tcp_be_liberal, OK",
        "net.netfilter.nf_conntrack_tcp_timeout_close_wait, WARN",
        "net.netfilter.nf_conntrack_tcp_timeout_fin_wait, WARN",
        "net.netfilter.nf_conntrack_tcp_timeout_last_ack, ADVISE",
        "net.netfilter.nf_conntrack_tcp_timeout_syn_sent, WARN",
        "net.netfilter.nf_conntrack_tcp_timeout_syn_recv, WARN",
        "net.netfilter.nf_conntrack_tcp_timeout_time_wait, ADVISE",
        "net.netfilter.nf_conntrack_udp_timeout, WARN",
        "net.netfilter.nf_conntrack_generic_timeout, ADVISE",
    })
    void judgesTheRestOfReportARowByRow(String setting, Judgement judgement) {
        assertThat(SavedMachine.of("5.15", proc).with("report-a").judgement(setting))
                .isEqualTo(judgement);
    }

    @Test
    void judgesTwoSynRetriesByTheKernelsTimetable() {
        assertThat(SavedMachine.of("6.1", proc).with("report-a").judgement("net.ipv4.tcp_syn_retries"))
                .isEqualTo(Judgement.OK);
        assertThat(SavedMachine.of("6.12", proc).with("report-a").judgement("net.ipv4.tcp_syn_retries"))
                .isEqualTo(Judgement.WARN);
    }

    @ParameterizedTest
    @CsvSource({
        "net.ipv4.tcp_max_tw_buckets, OK",
        "net.ipv4.tcp_fin_timeout, OK",
        "net.ipv4.tcp_tw_reuse, ADVISE",
        "net.ipv4.tcp_keepalive_time, WARN",
    })
    void judgesReportBsRemedies(String setting, Judgement judgement) {
        assertThat(SavedMachine.of("4.19", proc).with("report-b").judgement(setting))
                .isEqualTo(judgement);
    }

    @Test
    void callsTheLimitOf1024Dangerous() {
        Finding finding = SavedMachine.of("3.10", proc).limits(1024, 4096).finding("descriptors");

        assertThat(finding.judgement()).isEqualTo(Judgement.DANGEROUS);
        assertThat(finding.meaning()).contains("1008 connections").contains("4096");
        assertThat(finding.remedy())
                .anyMatch(r -> r.contains("LimitNOFILE=204800"))
                .anyMatch(r -> r.contains("--ulimit"));
    }

    @Test
    void advisesTheHardLimitWhereTheJvmWasToldNotToTakeIt() {
        assertThat(SavedMachine.of("6.1", proc).limits(10_000, 524_288).judgement("descriptors"))
                .isEqualTo(Judgement.ADVISE);
    }

    @Test
    void comparesSomaxconnWithTheBacklogThatWasAskedFor() {
        SavedMachine machine = SavedMachine.of("5.15", proc).set("net.core.somaxconn", "1024");

        Finding finding = machine.finding("net.core.somaxconn", Listening.asking("http-nio-8080", 8080, 5000));

        assertThat(finding.judgement()).isEqualTo(Judgement.WARN);
        assertThat(finding.message()).contains("5000").contains("1024");
        assertThat(finding.remedy()).anyMatch(r -> r.equals("sysctl -w net.core.somaxconn=5000"));
        assertThat(machine.judgement("net.core.somaxconn", Listening.asking("http-nio-8080", 8080, 100)))
                .isEqualTo(Judgement.OK);
    }

    @Test
    void namesTheShortestBacklogOfThisProcess() {
        Finding finding = SavedMachine.of("6.12", proc)
                .finding(
                        "backlog", Listening.asking("http-nio-8080", 8080, 1024), Listening.inForce("admin", 9090, 50));

        assertThat(finding.judgement()).isEqualTo(Judgement.WARN);
        assertThat(finding.value()).isEqualTo("50");
        assertThat(finding.meaning()).contains("http-nio-8080").contains("admin on port 9090, in force 50");
    }

    @Test
    void tellsTheTwoCausesOfTheBucketOverflowApart() {
        SavedMachine machine = SavedMachine.of("3.10", proc).set("net.ipv4.tcp_max_tw_buckets", "18000");

        machine.counters(7, 0).sockets(17_900, 0);
        assertThat(machine.finding("time-wait-overflows").message())
                .contains("cause 1")
                .contains("full now");
        assertThat(machine.judgement("net.ipv4.tcp_max_tw_buckets")).isEqualTo(Judgement.WARN);
        machine.sockets(200, 0);
        assertThat(machine.finding("time-wait-overflows").message()).contains("cause 2");
    }

    @Test
    void warnsOfAListenerWhosePortOutgoingConnectionsMayTake() {
        SavedMachine machine = SavedMachine.of("6.1", proc);
        Listening listening = Listening.asking("http", 40_000, 1024);

        assertThat(machine.judgement("listeners-among-local-ports", listening)).isEqualTo(Judgement.WARN);
        machine.set("net.ipv4.ip_local_reserved_ports", "8080,39990-40010");
        assertThat(machine.judgement("listeners-among-local-ports", listening)).isEqualTo(Judgement.OK);
    }

    @Test
    void doesNotWarnOfAPortThatTheKernelChoseAndNobodyNeedsAgain() {
        SavedMachine machine = SavedMachine.of("6.1", proc);
        Listening any = new Listening("http", 40_000, true, OptionalLong.empty(), OptionalLong.of(1024));

        assertThat(machine.judgement("listeners-among-local-ports", any)).isEqualTo(Judgement.OK);
    }

    @Test
    void remindsOfArpOnlyWhereAVirtualAddressSitsOnLo() {
        SavedMachine machine = SavedMachine.of("6.1", proc);

        assertThat(machine.judgement("net.ipv4.conf.all.arp_ignore")).isEqualTo(Judgement.OK);
        assertThat(machine.loopbackAddresses(1).judgement("net.ipv4.conf.all.arp_ignore"))
                .isEqualTo(Judgement.ADVISE);
    }

    @Test
    void saysInAContainerThatTheMachinesValueHolds() {
        SavedMachine machine =
                SavedMachine.of("6.1", proc).without("net.ipv4.tcp_mem").without("net.ipv4.tcp_max_orphans");

        Finding orphans = machine.finding("net.ipv4.tcp_max_orphans");

        assertThat(orphans.judgement()).isEqualTo(Judgement.NOT_APPLICABLE);
        assertThat(orphans.message()).contains("container");
    }

    @Test
    void offersDockerAndKubernetesInAContainer() {
        SavedMachine machine =
                SavedMachine.of("6.1", proc).without("net.ipv4.tcp_mem").set("net.ipv4.tcp_retries2", "2");

        assertThat(machine.finding("net.ipv4.tcp_retries2").remedy())
                .anyMatch(r -> r.equals("docker run --sysctl net.ipv4.tcp_retries2=8"))
                .anyMatch(r -> r.startsWith("Kubernetes"));
    }

    @Test
    void saysThatConntrackIsNotLoaded() {
        SavedMachine machine = SavedMachine.of("6.1", proc).without("net.netfilter.nf_conntrack_max");

        assertThat(machine.finding("net.netfilter.nf_conntrack_max").message()).contains("not loaded");
    }

    @Test
    void saysWhatItCouldNotCompareWith() {
        assertThat(SavedMachine.of("6.1", proc).finding("net.core.somaxconn").message())
                .contains("unknown here: largest backlog that a listener asked for");
    }

    @Test
    void judgesNothingAndThrowsNothingWithoutProc() {
        Machine machine = new MachineReader(proc.resolve("absent"), java.util.OptionalLong::empty).self(List.of());

        assertThat(machine.readable()).isFalse();
        assertThat(Advisor.examine(machine)).allMatch(f -> f.judgement() == Judgement.NOT_APPLICABLE);
    }

    @ParameterizedTest
    @CsvSource({"5.15, NOT_APPLICABLE, came with 6.5", "6.12, OK, single losses"})
    void saysOfANewSettingWhichKernelBroughtIt(String kernel, Judgement judgement, String words) {
        Finding finding = SavedMachine.of(kernel, proc).finding("net.ipv4.tcp_syn_linear_timeouts");

        assertThat(finding.judgement()).isEqualTo(judgement);
        assertThat(finding.message()).contains(words);
    }

    @Test
    void neverAdvisesLessThanWhatRunsFull() {
        SavedMachine machine = SavedMachine.of("6.1", proc)
                .set("net.ipv4.tcp_max_tw_buckets", "400000")
                .sockets(390_000, 0);

        assertThat(machine.finding("net.ipv4.tcp_max_tw_buckets").remedy())
                .contains("sysctl -w net.ipv4.tcp_max_tw_buckets=800000");
    }

    @Test
    void notesThatTheJvmWasToldToKeepItsSoftLimit() {
        SavedMachine machine = SavedMachine.of("6.1", proc).write("self/cmdline", "java\0-XX:-MaxFDLimit\0-jar\0");

        assertThat(machine.machine().notes()).singleElement().asString().contains("-XX:-MaxFDLimit");
    }

    @Test
    void seesSignsOfAContainer() {
        SavedMachine machine = SavedMachine.of("6.1", proc);

        assertThat(machine.machine().container()).isFalse();
        assertThat(machine.write("self/cgroup", "0::/kubepods.slice/pod1\n")
                        .machine()
                        .container())
                .isTrue();
    }
}
