/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the live kernel. */
final class MachineTest {

    private static final int BACKLOG = 37;

    @BeforeAll
    static void needsProc() {
        assumeTrue(Files.isReadable(Path.of("/proc/self/net/tcp")), "no /proc/net/tcp here");
    }

    private static Machine thisProcessFromOutside() {
        return Machine.process(ProcessHandle.current().pid()).orElseThrow();
    }

    @Test
    void knowsLimitsAndKernelOfThisProcess() {
        Machine machine = Machine.self(List.of());

        assertThat(machine.readable()).isTrue();
        assertThat(machine.fact(Fact.DESCRIPTORS)).isPresent();
        assertThat(machine.fact(Fact.MEMORY_PAGES)).isPresent();
        assertThat(machine.fact(Fact.CONNECTIONS).orElseThrow())
                .isLessThan(machine.fact(Fact.DESCRIPTORS).orElseThrow());
        assertThat(machine.notes()).isEmpty();
    }

    @Test
    void findsTheListenersOfAProcess() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            assertThat(thisProcessFromOutside().listeners()).anyMatch(l -> l.port() == listener.getLocalPort());
        }
    }

    @Test
    void knowsTheBacklogInForceWhereSsIsInstalled() throws IOException {
        assumeTrue(!new SocketStatistics().byPort().isEmpty() || hasListener(), "ss is not installed here");
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            assertThat(thisProcessFromOutside().listeners())
                    .filteredOn(l -> l.port() == listener.getLocalPort())
                    .singleElement()
                    .satisfies(l -> assertThat(l.inForce()).hasValue(BACKLOG));
        }
    }

    private static boolean hasListener() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            return new SocketStatistics().byPort().containsKey(listener.getLocalPort());
        }
    }

    @Test
    void countsConnectionsThatTheApplicationForgotToClose() throws IOException {
        long before = thisProcessFromOutside().fact(Fact.CLOSE_WAIT).orElseThrow();
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            try (Socket forgotten = listener.accept()) {
                client.close();
                // Reads the end, so that the client's FIN has surely arrived.
                assertThat(forgotten.getInputStream().read()).isEqualTo(-1);

                assertThat(thisProcessFromOutside().fact(Fact.CLOSE_WAIT)).hasValue(before + 1);
            } finally {
                client.close();
            }
        }
    }

    @Test
    void saysWhatItMayNotSeeOfAnotherUsersProcess(@TempDir Path proc) {
        SavedMachine.of("6.1", proc)
                .write("77/limits", "Max open files            1024                 4096                 files     \n")
                .write("77/net/tcp", SocketTableText.LISTENING_ON_8080)
                .write("77/comm", "java\n");

        Machine machine = new MachineReader(proc, OptionalLong::empty)
                .process(77, () -> Map.of(8080, 100L))
                .orElseThrow();

        assertThat(machine.process()).isEqualTo("process 77 (java)");
        assertThat(machine.fact(Fact.DESCRIPTORS)).hasValue(1024);
        assertThat(machine.listeners()).containsExactly(Listening.inForce("listener", 8080, 100));
        assertThat(machine.notes())
                .anyMatch(n -> n.contains("as this user"))
                .anyMatch(n -> n.contains("77/net/sockstat can't be read"));
    }

    @Test
    void judgesNoNetSettingOfAProcessInAnotherNetworkNamespace(@TempDir Path proc) throws IOException {
        SavedMachine.of("6.1", proc).set("net.ipv4.tcp_retries2", "2").write("77/comm", "java\n");
        link(proc.resolve("self/ns/net"), "net:[1]");
        link(proc.resolve("77/ns/net"), "net:[2]");

        List<Finding> findings = Advisor.examine(new MachineReader(proc, OptionalLong::empty)
                .process(77, Map::of)
                .orElseThrow());

        assertThat(findings).filteredOn(f -> f.setting().startsWith("net.")).allSatisfy(f -> {
            assertThat(f.judgement()).isEqualTo(Judgement.NOT_APPLICABLE);
            assertThat(f.message()).contains("another network namespace");
        });
        assertThat(findings).anyMatch(f -> f.setting().startsWith("fs.") && f.judgement() == Judgement.OK);
    }

    private static void link(Path link, String target) throws IOException {
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    @Test
    void isEmptyForAProcessThatIsNotThere(@TempDir Path proc) {
        assertThat(new MachineReader(proc, OptionalLong::empty).process(77, Map::of))
                .isEmpty();
    }

    private static final class SocketTableText {
        static final String LISTENING_ON_8080 =
                "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 "
                        + "100 0 0 10 0\n";
    }
}
