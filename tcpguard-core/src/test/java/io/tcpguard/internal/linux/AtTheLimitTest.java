/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.DescriptorLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * In a process of its own, with descriptors truly gone; its classes lie in a directory, so that none could be loaded
 * then.
 */
@EnabledOnOs(OS.LINUX)
class AtTheLimitTest {
    private static final List<String> LIMIT_512 = List.of("sh", "-c", "ulimit -n 512; exec \"$@\"", "sh");

    @Test
    void everyProbeReadsOnWhenNoDescriptorIsLeftThoughItWasNeverReadBefore() throws IOException {
        try (ChildJvm child = ChildJvm.start(LIMIT_512)) {
            assertThat(child.ask("how")).isEqualTo("NettySocketCalls");
            List<String> answers = readsOnAtTheLimit(child);
            assertThat(answers).allSatisfy(answer -> assertThat(answer).contains("ACCEPT_QUEUE 2 of 5"));
            assertThat(child.ask("allocates ACCEPT_QUEUE")).isEqualTo("0");
        }
    }

    @Test
    void theListenTableIsReadOnTooWhereNoSocketCanBeAsked() throws IOException {
        assumeTrue(Runtime.version().feature() < 22, "from 22 on java.lang.foreign asks the sockets");
        try (ChildJvm child = ChildJvm.start(LIMIT_512, ChildJvm.classPathWithoutNetty())) {
            assertThat(child.ask("how")).isEqualTo("nothing");
            List<String> answers = readsOnAtTheLimit(child);
            assertThat(answers).allSatisfy(answer -> assertThat(answer).containsPattern("ACCEPT_QUEUE \\d of 5"));
            // The table is looked at once a second.
            awaitAnswer(child, "ACCEPT_QUEUE 2 of 5");
        }
    }

    @Test
    void theForeignFunctionApiAsksTheSocketsOnJava22AndLater() throws IOException {
        Path jdk25 = Path.of(System.getProperty("jdk25.home", "/usr/lib/jvm/temurin-25-jdk-amd64"), "bin", "java");
        assumeThat(jdk25).as("a JDK 25 (-Djdk25.home)").exists();

        try (ChildJvm child = ChildJvm.start(LIMIT_512, jdk25.toString(), ChildJvm.classPathWithoutNetty())) {
            assertThat(child.ask("how")).isEqualTo("ForeignSocketCalls");
            List<String> answers = readsOnAtTheLimit(child);
            assertThat(answers).allSatisfy(answer -> assertThat(answer).contains("ACCEPT_QUEUE 2 of 5"));
            assertThat(child.ask("allocates ACCEPT_QUEUE")).isEqualTo("0");
        }
    }

    @Test
    void aGuardThatIsStartedWithNoDescriptorLeftSeesAgainSoonAfterSomeAreFree() throws IOException {
        try (ChildJvm child = ChildJvm.start(LIMIT_512)) {
            child.ask("readall 1");
            child.ask("exhaust");
            child.ask("reopen");
            // Closing the old probes freed some; the new ones took as many, so that none is left again.
            child.ask("exhaust");
            String atTheLimit = child.ask("readall 1");
            assertThat(atTheLimit).contains("noneLeft=true").contains("DESCRIPTORS 512 of 512");

            child.ask("release");
            // A file is tried again a second after the last time; a round takes a fifth of that.
            String after = child.ask("readall 3");
            for (int i = 0; i < 20 && after.contains("OUT_OF_DESCRIPTORS"); i++) {
                after = child.ask("readall 3");
            }
            assertThat(after)
                    .containsPattern("TIME_WAIT \\d+ of \\d+")
                    .containsPattern("SYSTEM_FILES \\d+ of \\d+")
                    .doesNotContain("OUT_OF_DESCRIPTORS");
        }
    }

    @Test
    void anInterruptedSamplerReadsOnAndStaysInterrupted() throws IOException {
        try (ChildJvm child = ChildJvm.start(LIMIT_512)) {
            child.ask("exhaust");

            assertThat(child.ask("interrupt")).isEqualTo("true");

            assertThat(child.ask("readall 1"))
                    .contains("DESCRIPTORS 512 of 512")
                    .containsPattern("SYSTEM_FILES \\d+ of \\d+")
                    .doesNotContain("FAILED");
        }
    }

    @Test
    void theFallbackOfOlderKernelsSaysThatAllAreInUseWhenTheJdkCannotCount() throws IOException {
        try (ChildJvm child = ChildJvm.start(LIMIT_512)) {
            assertThat(child.ask("fallback")).endsWith(" of 512").doesNotStartWith("512 ");
            child.ask("exhaust");

            assertThat(child.ask("fallback")).isEqualTo("512 of 512");

            child.ask("release");
            assertThat(child.ask("fallback")).doesNotStartWith("512 ");
        }
    }

    @Test
    void aLimitThatIsSetAtRunTimeIsSeenAtOnce() throws Exception {
        try (ChildJvm child = ChildJvm.start(LIMIT_512)) {
            assertThat(child.ask("read DESCRIPTORS")).endsWith(" of 512");

            DescriptorLimit.set(child.pid(), 100);

            assertThat(child.ask("read DESCRIPTORS")).endsWith(" of 100");
        }
    }

    private static List<String> readsOnAtTheLimit(ChildJvm child) {
        int port = Integer.parseInt(child.ask("listen 0 5"));
        assertThat(child.ask("connect " + port + " 2")).isEqualTo("2 -");
        assertThat(child.ask("exhaust")).isEqualTo("none left");

        String cold = child.ask("readall 1");
        String warm = child.ask("readall 200");

        assertThat(List.of(cold, warm)).allSatisfy(answer -> assertThat(answer)
                .startsWith("classes=0 descriptors=0 noneLeft=true | DESCRIPTORS 512 of 512 | ")
                .containsPattern("SYSTEM_FILES \\d+ of \\d+")
                .containsPattern("TIME_WAIT \\d+ of \\d+")
                .containsPattern("EPHEMERAL_PORTS \\d+ of \\d+")
                .containsPattern("LISTEN_DROPS (\\d+ of \\d+|NOTHING_TO_WATCH)")
                .doesNotContain("OUT_OF_DESCRIPTORS")
                .doesNotContain("FAILED")
                .doesNotContain("MALFORMED"));
        assertThat(warm).containsPattern("LISTEN_DROPS \\d+ of \\d+");
        return List.of(cold, warm);
    }

    private static void awaitAnswer(ChildJvm child, String expected) {
        assertThat(Await.value(() -> child.ask("readall 10"), answer -> answer.contains(expected)))
                .startsWith("classes=0 descriptors=0 noneLeft=true");
    }
}
