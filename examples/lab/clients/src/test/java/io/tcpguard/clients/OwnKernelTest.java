/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What runs out for the whole machine, on a kernel that is the test's own: a user-mode-linux guest, whose root is this
 * machine's, read-only. Stock control beside each.
 */
class OwnKernelTest {
    private static final Path KERNEL = Path.of("/usr/bin/linux.uml");

    @TempDir
    private Path directory;

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void whereANeighbourTakesAllFilesUsersInSessionLoseNothingAndAllIsWellAfter(String kind) throws Exception {
        Outcome guarded = run("files", kind, "on");
        Outcome stock = run("files", kind, "off");

        assertThat(guarded.before()).isEqualTo(10);
        assertThat(stock.during()).as("or nothing ran out").isLessThan(4);
        assertThat(guarded.lost()).isLessThanOrEqualTo(stock.lost()).isZero();
        assertThat(guarded.after()).isEqualTo(10);
        // Nobody is accepted: no answer is an answer, and it was DOWN until somebody was.
        assertThat(guarded.failedChecks()).isPositive();
    }

    /**
     * Of Tomcat: Netty bears this crowd without a guard, too. For the record: where heap and the rest of a JVM may
     * become more than the group has, a collection that grows the heap is its end, whoever has come.
     */
    @Tag("record")
    @Test
    void whereTheMemoryOfItsControlGroupRunsOutTheServerIsNotKilled() throws Exception {
        Outcome guarded = run("memory", "tomcat", "on");
        Outcome stock = run("memory", "tomcat", "off");

        assertThat(stock.killed()).as("or nothing ran out").isTrue();
        assertThat(guarded.killed()).isFalse();
        assertThat(guarded.lost()).isZero();
        assertThat(guarded.failedChecks()).isZero();
        assertThat(guarded.during()).isGreaterThanOrEqualTo(5);
        assertThat(guarded.after()).isEqualTo(10);
    }

    /** Newcomers served of 10, 8 or 10, and 10; users who lost an answer; checks that were not told 200. */
    private record Outcome(int before, int during, int after, int lost, int failedChecks, boolean killed) {
        static Outcome of(String line) {
            String[] words = line.split(" ", -1);
            int[] n = Stream.of(words).limit(6).mapToInt(Integer::parseInt).toArray();
            return new Outcome(n[0], n[1], n[2], n[3], n[4], n[5] == 1);
        }
    }

    private Outcome run(String trouble, String kind, String guard) throws Exception {
        assumeTrue(Files.isExecutable(KERNEL), "needs user-mode-linux");
        assumeTrue(Files.isWritable(Path.of("/proc/sys/fs/file-max")), "needs root");
        Path init = directory.resolve("init");
        Files.write(
                init,
                List.of(
                        "#!/bin/sh",
                        "[ $$ = 1 ] || exit 1",
                        "export PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C",
                        "mount -t proc none /proc && mount -t sysfs none /sys && mount -t cgroup2 none /sys/fs/cgroup",
                        "mount -t tmpfs none /var/tmp && cd /var/tmp",
                        "echo +memory >/sys/fs/cgroup/cgroup.subtree_control",
                        "ip link set lo up",
                        "ulimit -n 8000",
                        System.getProperty("java.home")
                                + "/bin/java -Djava.io.tmpdir=/var/tmp -Xmx128m -XX:+UseSerialGC"
                                + " -XX:TieredStopAtLevel=1 -cp '" + classPath() + "' "
                                + GuestMain.class.getName() + " " + trouble + " " + kind + " " + guard + " 2>&1",
                        "halt -f -p"));
        assertThat(init.toFile().setExecutable(true)).isTrue();
        Path console = directory.resolve("console");
        // Its processes are processes out here: they end with the kernel.
        Process guest = new ProcessBuilder(
                        "unshare",
                        "--pid",
                        "--fork",
                        "--kill-child=KILL",
                        "--mount-proc",
                        KERNEL.toString(),
                        "mem=1500M",
                        "root=/dev/root",
                        "rootfstype=hostfs",
                        "rootflags=/",
                        "ro",
                        "init=" + init,
                        "con=null",
                        "con0=null,fd:1")
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        try {
            guest.getOutputStream().close();
            assertThat(guest.waitFor(3, TimeUnit.MINUTES)).isTrue();
        } finally {
            guest.destroyForcibly().waitFor();
        }
        String said = said(console);
        System.out.println(trouble + ", " + kind + ", guard " + guard + ": " + said);
        return Outcome.of(said);
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String said(Path console) throws IOException {
        try (Stream<String> lines = Files.lines(console, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(GuestMain.WORD))
                    .map(line -> line.substring(GuestMain.WORD.length()).trim())
                    .findFirst()
                    .orElseThrow(() -> new IOException(kept(console)));
        }
    }

    private static String kept(Path console) {
        try {
            String all = Files.readString(console, StandardCharsets.ISO_8859_1);
            return all.substring(Math.max(0, all.length() - 3_000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
