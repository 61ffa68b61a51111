/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MemoryFactsTest {
    private static final long MIB = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path proc;

    @SuppressWarnings("NullAway.Init") // before each test
    private SavedMachine saved;

    @BeforeEach
    void aServerOfAnOrdinaryMachine() {
        saved = SavedMachine.of("6.1", proc).limits(524_288, 524_288).write("meminfo", "MemTotal:  8388608 kB\n");
    }

    private void heap(String option) {
        saved.write("self/cmdline", "java\0" + option + "\0-jar\0app.jar\0");
    }

    private void container(long mib) {
        saved.write("self/cgroup", "0::/\n")
                .write("self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n")
                .write("self/root/sys/fs/cgroup/memory.max", mib * MIB + "\n");
    }

    @ParameterizedTest
    @CsvSource({"16, WARN", "64, ADVISE", "255, ADVISE", "256, OK", "4096, OK"})
    void theHeapIsJudgedByTheConnectionsThatItBears(int mib, Judgement judgement) {
        heap("-Xmx" + mib + "m");

        Finding finding = saved.finding("heap-connections");
        assertThat(finding.judgement()).isEqualTo(judgement);
        assertThat(finding.value()).isEqualTo(String.valueOf(mib * 32));
        assertThat(finding.meaning()).contains("heap is " + mib + " MiB");
    }

    @Test
    void aHeapThatBearsWhatFewDescriptorsLetInIsFine() {
        saved.limits(1024, 1024);
        heap("-Xmx64m");

        assertThat(saved.judgement("heap-connections")).isEqualTo(Judgement.OK);
    }

    @ParameterizedTest
    @CsvSource({
        // container, heap: connections beside it
        "256, 320, DANGEROUS, 0",
        "256, 200, WARN, 0",
        "256, 180, WARN, 768",
        "256, 160, ADVISE, 2048",
        "1024, 700, OK, 16640"
    })
    void aContainerIsJudgedByWhatItHasBesideTheHeap(long container, int heap, Judgement judgement, long connections) {
        container(container);
        heap("-Xmx" + heap + "m");

        Finding finding = saved.finding("container-connections");
        assertThat(finding.judgement()).isEqualTo(judgement);
        assertThat(finding.value()).isEqualTo(String.valueOf(connections));
    }

    @Test
    void aHeapThatIsAShareIsOneOfTheContainersMemory() {
        container(1024);
        heap("-XX:MaxRAMPercentage=75.0");

        assertThat(saved.machine().fact(Fact.HEAP)).hasValue(768);
        assertThat(saved.judgement("container-connections")).isEqualTo(Judgement.OK);
    }

    @Test
    void ofAShareWithoutAContainerTheMachinesMemoryCounts() {
        heap("-XX:MaxRAMPercentage=50");

        assertThat(saved.machine().fact(Fact.HEAP)).hasValue(4096);
        assertThat(saved.judgement("container-connections")).isEqualTo(Judgement.NOT_APPLICABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "-Xmx1g, 1024",
        "-Xmx512M, 512",
        "-Xmx65536k, 64",
        "-Xmx134217728, 128",
        "-XX:MaxHeapSize=2g, 2048",
        "-Xms1g, -1",
        "-Xmxlots, -1",
        "-Xmx999999999999999t, 8796091973632",
        "-Dtext=-Xmx1g, -1"
    })
    void aHeapIsReadAsTheJvmReadsIt(String option, long mib) {
        OptionalLong bytes = MaxHeap.of("java\0" + option + "\0Main\0", OptionalLong.empty());

        assertThat(bytes.isPresent() ? bytes.getAsLong() / MIB : -1).isEqualTo(mib);
    }

    @Test
    void theLastOptionHolds() {
        assertThat(MaxHeap.of("java\0-Xmx1g\0-Xmx2g\0Main\0", OptionalLong.empty()))
                .hasValue(2048 * MIB);
    }

    @Test
    void anotherProcessIsReadByItsOwnFiles() {
        saved.write("77/comm", "java\n")
                .write("77/cmdline", "java\0-Xmx900m\0Main\0")
                .write("77/cgroup", "0::/\n")
                .write("77/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n")
                .write("77/root/sys/fs/cgroup/memory.max", 512 * MIB + "\n");

        Machine machine = new MachineReader(proc, OptionalLong::empty)
                .process(77, Map::of)
                .orElseThrow();

        assertThat(Advisor.examine(machine))
                .filteredOn(f -> f.setting().equals("container-connections"))
                .singleElement()
                .satisfies(f -> assertThat(f.judgement()).isEqualTo(Judgement.DANGEROUS));
    }

    @Test
    void thisProcessKnowsItsOwnHeap() {
        assertThat(Machine.self(List.of()).fact(Fact.HEAP))
                .hasValue(Runtime.getRuntime().maxMemory() / MIB);
    }
}
