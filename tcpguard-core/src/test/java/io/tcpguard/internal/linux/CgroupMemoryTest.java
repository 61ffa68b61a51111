/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.OpenDescriptors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * By saved texts: Kubernetes and Docker with version 2, Docker with version 1, systemd's hybrid, and a machine without
 * limits.
 */
class CgroupMemoryTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    /** memory.stat of Linux 6.1, shortened at the end. */
    private static final String STAT_V2 =
            """
            anon 419430400
            file 104857600
            kernel 7340032
            sock 1048576
            inactive_anon 419426304
            active_anon 4096
            inactive_file 62914560
            active_file 41943040
            unevictable 0
            slab_reclaimable 2097152
            slab_unreclaimable 3145728
            """;

    private static final String STAT_V1 =
            """
            cache 1000000
            rss 419430400
            inactive_file 1
            active_file 2
            hierarchical_memory_limit 536870912
            total_cache 104857600
            total_inactive_file 62914560
            total_active_file 41943040
            """;

    @TempDir
    @Nullable Path dir;

    private Path root = Path.of("/");

    @BeforeEach
    void aRoot() {
        root = Objects.requireNonNull(dir);
    }

    private void write(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<CgroupDirectory> groups() {
        return CgroupDirectory.onTheWayUp(root.resolve("proc/self").toFile(), root);
    }

    private CgroupMemory memory() {
        return new CgroupMemory(groups(), new FixedDescriptors(10, 1000), 0);
    }

    private void containerOfVersionTwo(String max, long current) throws Exception {
        write("proc/self/cgroup", "0::/\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n");
        write("sys/fs/cgroup/memory.max", max + "\n");
        write("sys/fs/cgroup/memory.current", current + "\n");
        write("sys/fs/cgroup/memory.stat", STAT_V2);
    }

    @Test
    void countsWhatTheKernelCannotTakeBackOfAContainer() throws Exception {
        containerOfVersionTwo("536870912", 530 * MIB);

        CgroupMemory memory = memory();

        assertThat(memory.usedBytes(SECOND)).isEqualTo(530 * MIB - 60 * MIB - 40 * MIB - 2 * MIB);
        assertThat(memory.maxBytes()).isEqualTo(512 * MIB);
        assertThat(memory.admissionThreshold()).isEqualTo((512 - 16) * MIB);
    }

    @Test
    void doesNotAskForThePartsFarFromTheLimit() throws Exception {
        containerOfVersionTwo("536870912", 200 * MIB);

        assertThat(memory().usedBytes(SECOND)).isEqualTo(200 * MIB);
    }

    @Test
    void followsALimitThatIsSetAtRunTime() throws Exception {
        containerOfVersionTwo("max", 200 * MIB);
        CgroupMemory memory = memory();
        assertThat(memory.usedBytes(SECOND)).isNegative();
        assertThat(memory.maxBytes()).isEqualTo(Long.MAX_VALUE);

        write("sys/fs/cgroup/memory.max", "1073741824\n");
        memory.look();

        assertThat(memory.usedBytes(2 * SECOND)).isEqualTo(200 * MIB);
        assertThat(memory.maxBytes()).isEqualTo(1024 * MIB);

        write("sys/fs/cgroup/memory.max", "536870912\n");

        assertThat(memory.usedBytes(3 * SECOND)).isEqualTo(200 * MIB);
        assertThat(memory.maxBytes()).isEqualTo(512 * MIB);

        write("sys/fs/cgroup/memory.max", "max\n");

        assertThat(memory.usedBytes(4 * SECOND)).isNegative();
        assertThat(memory.maxBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void followsALimitThatIsSetAtRunTimeForAGroupAbove() throws Exception {
        write("proc/self/cgroup", "0::/system.slice/app.service\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        for (String group : List.of("system.slice", "system.slice/app.service")) {
            write("sys/fs/cgroup/" + group + "/memory.max", "max\n");
            write("sys/fs/cgroup/" + group + "/memory.stat", STAT_V2);
        }
        write("sys/fs/cgroup/system.slice/app.service/memory.max", "1073741824\n");
        write("sys/fs/cgroup/system.slice/app.service/memory.current", 200 * MIB + "\n");
        write("sys/fs/cgroup/system.slice/memory.current", 300 * MIB + "\n");
        CgroupMemory memory = memory();
        assertThat(memory.usedBytes(SECOND)).isEqualTo(200 * MIB);

        write("sys/fs/cgroup/system.slice/memory.max", "536870912\n");
        memory.look();

        assertThat(memory.usedBytes(2 * SECOND)).isEqualTo(300 * MIB);
        assertThat(memory.maxBytes()).isEqualTo(512 * MIB);

        write("sys/fs/cgroup/system.slice/memory.max", "max\n");
        memory.look();

        assertThat(memory.usedBytes(3 * SECOND)).isEqualTo(200 * MIB);
        assertThat(memory.maxBytes()).isEqualTo(1024 * MIB);
    }

    @Test
    void isToLookEveryTenSecondsWhereMemoryIsAccounted() throws Exception {
        assertThat(memory().lookDue(60 * SECOND)).isFalse();
        containerOfVersionTwo("max", 200 * MIB);
        CgroupMemory memory = memory();

        assertThat(memory.lookDue(10 * SECOND - 1)).isFalse();
        assertThat(memory.lookDue(10 * SECOND)).isTrue();
        assertThat(memory.lookDue(20 * SECOND - 1)).isFalse();
    }

    /** Each descriptor is a client's slot. */
    @Test
    void holdsNoFileWhereMemoryIsNotLimited() throws Exception {
        containerOfVersionTwo("max", 200 * MIB);
        CgroupMemory memory = memory();
        assertThat(filesHeld()).isZero();

        write("sys/fs/cgroup/memory.max", "536870912\n");
        memory.look();
        assertThat(filesHeld()).isEqualTo(3);

        write("sys/fs/cgroup/memory.max", "max\n");
        memory.look();
        assertThat(filesHeld()).isZero();

        write("sys/fs/cgroup/memory.max", "536870912\n");
        memory.look();
        memory.close();
        memory.look();
        assertThat(filesHeld()).isZero();
    }

    private long filesHeld() {
        return OpenDescriptors.now().names().stream()
                .filter(each -> each.contains(root.toString()))
                .count();
    }

    @Test
    void takesTheLowestLimitOnTheWayUp() throws Exception {
        write("proc/self/cgroup", "0::/system.slice/app.service\n");
        write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
        write("sys/fs/cgroup/system.slice/app.service/memory.max", "max\n");

        assertThat(CgroupDirectory.lowest(groups()))
                .isEqualTo(new CgroupDirectory(
                        root.resolve("sys/fs/cgroup/system.slice").toFile(), true));
    }

    @Test
    void readsVersionOneWhereAContainerSeesOnlyItsOwnGroup() throws Exception {
        write("proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n");
        write(
                "proc/self/mountinfo",
                "31 30 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
                        + "33 30 0:32 /docker/abc /sys/fs/cgroup/memory ro,nosuid master:15 - cgroup cgroup rw,memory\n"
                        + "38 30 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", Long.toString(530 * MIB) + "\n");
        write("sys/fs/cgroup/memory/memory.stat", STAT_V1);

        CgroupMemory memory = memory();

        assertThat(memory.usedBytes(SECOND)).isEqualTo(430 * MIB);
        assertThat(memory.maxBytes()).isEqualTo(512 * MIB);
    }

    @Test
    void takesVersionOnesLargestNumberForNoLimit() throws Exception {
        write("proc/self/cgroup", "4:memory:/\n0::/\n");
        write("proc/self/mountinfo", "33 30 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1000000\n");
        write("sys/fs/cgroup/memory/memory.stat", STAT_V1);

        CgroupMemory memory = memory();

        assertThat(memory.usedBytes(SECOND)).isNegative();
        assertThat(memory.maxBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void isNotThereWhereNothingIsAccounted() throws Exception {
        assertThat(groups()).isEmpty();
        write("proc/self/cgroup", "garbage\n0::/../..\n");
        write("proc/self/mountinfo", "also garbage\n30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        assertThat(groups()).isEmpty();
        assertThat(memory().usedBytes(SECOND)).isNegative();
    }

    @Test
    void saysNothingOfTextsThatAreNoNumbers() throws Exception {
        containerOfVersionTwo("536870912", 200 * MIB);
        CgroupMemory memory = memory();
        write("sys/fs/cgroup/memory.current", "lots\n");

        assertThat(memory.usedBytes(SECOND)).isNegative();
    }
}
