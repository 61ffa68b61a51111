/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator reads of machines as they are met, all with 8 GiB and a kernel of 6.1 at its defaults. */
final class DescribedMachinesTest {
    private static final long MIB = 1 << 20;
    private static final long MANY = 524_288;
    private static final long DOCKERS = 1_073_741_816;
    private static final Pattern SYSCTL = Pattern.compile("sysctl -w (\\S+)=([0-9]+)");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path proc;

    /** Descriptors, options of the JVM, MiB of its container, acceptCount, {@code net.core.somaxconn}. */
    enum Described {
        SYSTEMD_AND_CONTAINERD(MANY, MANY, "-Xmx256m", 0, 4096, 4096),
        DOCKER(DOCKERS, DOCKERS, "-Xmx256m", 0, 4096, 4096),
        DOCKER_WITHOUT_XMX(DOCKERS, DOCKERS, "", 0, 4096, 4096),
        UNLIMITED(Long.MAX_VALUE, Long.MAX_VALUE, "-Xmx256m", 0, 4096, 4096),
        DOCKERS_HARD_LIMIT(MANY, DOCKERS, "-Xmx256m", 0, 4096, 4096),
        LIMIT_NOFILE(204_800, 204_800, "-Xmx1g", 0, 4096, 4096),
        HEAP_OF_64(MANY, MANY, "-Xmx64m", 0, 4096, 4096),
        CONTAINER_OF_256(MANY, MANY, "-XX:MaxRAMPercentage=75", 256, 4096, 4096),
        OLD_QUEUE(20_000, 20_000, "-Xmx256m", 0, 100, 128),
        OLD_DEFAULT(1024, 4096, "-Xmx256m", 0, 100, 4096),
        TINY(24, 24, "-Xmx256m", 0, 4096, 4096);

        private final long soft;
        private final long hard;
        private final String heap;
        private final int container;
        private final int backlog;
        private final int somaxconn;

        Described(long soft, long hard, String heap, int container, int backlog, int somaxconn) {
            this.soft = soft;
            this.hard = hard;
            this.heap = heap;
            this.container = container;
            this.backlog = backlog;
            this.somaxconn = somaxconn;
        }
    }

    private List<Finding> findings(Described described) {
        return Advisor.examine(machine(described));
    }

    private Machine machine(Described described) {
        SavedMachine saved = SavedMachine.of("6.1", proc)
                .limits(described.soft, described.hard)
                .write("meminfo", "MemTotal:  8388608 kB\n")
                .write("self/cmdline", "java\0" + described.heap + "\0-jar\0app.jar\0")
                .set("net.core.somaxconn", String.valueOf(described.somaxconn));
        if (described.container > 0) {
            saved.write("self/cgroup", "0::/\n")
                    .write("self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n")
                    .write("self/root/sys/fs/cgroup/memory.max", described.container * MIB + "\n");
        }
        return saved.machine(Listening.asking("http-nio-8080", 8080, described.backlog));
    }

    private Finding finding(Described described, String setting) {
        return findings(described).stream()
                .filter(each -> each.setting().equals(setting))
                .findFirst()
                .orElseThrow();
    }

    private Stream<String> saidOf(Finding finding) {
        return Stream.concat(Stream.of(finding.message(), finding.meaning()), finding.remedy().stream());
    }

    /** Kernel settings are as they come: what is judged by connections is judged by those that there can be. */
    @ParameterizedTest
    @EnumSource(Described.class)
    void theKernelsDefaultsAreNotWarnedOfForConnectionsThatMemoryCannotBear(Described described) {
        assertThat(findings(described))
                .filteredOn(each -> each.judgement().atLeast(Judgement.WARN))
                .extracting(Finding::setting)
                .doesNotContain("fs.epoll.max_user_watches", "net.ipv4.tcp_mem", "net.netfilter.nf_conntrack_max");
        assertThat(findings(described))
                .filteredOn(each -> each.judgement() == Judgement.DANGEROUS)
                .extracting(Finding::setting)
                .allMatch(setting -> setting.equals("descriptors"));
    }

    @ParameterizedTest
    @EnumSource(Described.class)
    void noAdviceLowersWhatItCallsTooLowNorAsksTheKernelForMoreThanThereIs(Described described) {
        for (Finding finding : findings(described)) {
            saidOf(finding).map(SYSCTL::matcher).filter(Matcher::find).forEach(sets -> {
                long now = Long.parseLong(finding.value().replaceAll(".*\\s", ""));
                assertThat(Long.parseLong(sets.group(2))).as(sets.group()).isLessThanOrEqualTo(16 << 20);
                boolean tooLow =
                        !sets.group(1).contains("timeout") && !sets.group(1).contains("keepalive");
                assertThat(!tooLow || Long.parseLong(sets.group(2)) > now)
                        .as(sets.group() + ", now " + now)
                        .isTrue();
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SYSTEMD_AND_CONTAINERD, OK, enough for",
        "DOCKER, WARN, more than the whole machine",
        "UNLIMITED, WARN, more than the whole machine",
        "DOCKERS_HARD_LIMIT, OK, enough for",
        "LIMIT_NOFILE, OK, enough for",
        "OLD_DEFAULT, DANGEROUS, one burst",
        "TINY, DANGEROUS, refuses nobody"
    })
    void descriptors(Described described, Judgement judgement, String said) {
        Finding finding = finding(described, "descriptors");

        assertThat(finding.judgement()).isEqualTo(judgement);
        assertThat(finding.message()).contains(said);
    }

    @ParameterizedTest
    @CsvSource({"SYSTEMD_AND_CONTAINERD, OK", "DOCKER, WARN", "DOCKER_WITHOUT_XMX, WARN", "UNLIMITED, WARN"})
    void ofTheMachinesFilesALeakIsWhatALimitWithoutEndIsBadFor(Described described, Judgement judgement) {
        Finding finding = finding(described, "fs.file-max");

        assertThat(finding.judgement()).isEqualTo(judgement);
        if (judgement == Judgement.WARN) {
            assertThat(finding.message()).contains("a leak in it");
        }
    }

    /** At a connector with Tomcat's own protocol, as a WAR finds it, nobody is refused; Netty's number is another. */
    @Test
    void whatIsHeldAtALimitOfMemoryIsSaidOfWhatIsGuarded() {
        assertThat(finding(Described.HEAP_OF_64, "heap-connections").message())
                .contains("guarded connector of Tomcat holds no more than 2048")
                .contains("TLS a third", "Netty four times as many", "not guarded");
        assertThat(finding(Described.CONTAINER_OF_256, "container-connections").judgement())
                .isEqualTo(Judgement.WARN);
        assertThat(finding(Described.SYSTEMD_AND_CONTAINERD, "connections").message())
                .contains("where it guards the connector");
        assertThat(finding(Described.SYSTEMD_AND_CONTAINERD, "connections").meaning())
                .contains("any number with -1");
    }

    @Test
    void aShortQueueIsToBeMadeLongerOnBothSides() {
        assertThat(finding(Described.OLD_QUEUE, "net.core.somaxconn").judgement())
                .isEqualTo(Judgement.WARN);
        assertThat(finding(Described.OLD_QUEUE, "net.core.somaxconn").remedy())
                .contains("sysctl -w net.core.somaxconn=4096")
                .anyMatch(each -> each.contains("acceptCount=\"4096\""));
        assertThat(finding(Described.OLD_QUEUE, "backlog").judgement()).isEqualTo(Judgement.ADVISE);
    }

    @Test
    void ofUnlimitedDescriptorsTheLimitIsKnown() {
        assertThat(machine(Described.UNLIMITED).fact(Fact.DESCRIPTORS)).hasValue(Long.MAX_VALUE);
        assertThat(machine(Described.UNLIMITED).fact(Fact.CLIENTS)).hasValue(256 * MIB / 8192);
    }
}
