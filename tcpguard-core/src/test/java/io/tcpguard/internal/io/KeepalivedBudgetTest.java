/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How many of a pool the script lets leave for a cause that they judge themselves: each of its servers is an address of
 * this machine.
 */
class KeepalivedBudgetTest {
    private static final int LEAVES = 1;
    private static final int STAYS = 3;
    private static final int WELL = 102;

    private final FakeView view = new FakeView();
    private final Path directory;
    private IoThread io;
    private String port;

    KeepalivedBudgetTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void open() {
        assumeTrue(
                KeepalivedScriptTest.onPath("sh")
                        && KeepalivedScriptTest.onPath("curl")
                        && KeepalivedScriptTest.onPath("flock"),
                "needs sh, curl and flock");
        io = IoThread.open(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0)), view);
        io.start();
        port = String.valueOf(io.healthPort());
        view.says(Level.NORMAL, null, 100, "well");
    }

    @AfterEach
    void close() {
        if (io != null) {
            io.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "5, 1", "6, 2", "12, 4"})
    void letsAThirdOfThePoolLeaveHoweverManyJudgeTheSameInOneSecond(int servers, int leave) throws Exception {
        assertThat(checkAll(servers)).containsOnly(WELL);

        view.down("a back end hangs");
        List<Integer> said = checkAll(servers);

        assertThat(Collections.frequency(said, LEAVES)).isEqualTo(leave);
        assertThat(Collections.frequency(said, STAYS)).isEqualTo(servers - leave);
        assertThat(checkAll(servers)).as("the same ones with the next check").isEqualTo(said);

        view.says(Level.NORMAL, null, 100, "well");
        assertThat(checkAll(servers)).containsOnly(WELL);
    }

    @Test
    void takesTheMostThatMayLeaveFromTheConfiguration() throws Exception {
        checkAll(5);
        view.down("a back end hangs");

        List<Integer> said = new ArrayList<>();
        for (int server = 1; server <= 5; server++) {
            said.add(KeepalivedScriptTest.run("127.0.0." + server, port, "100", directory.toString(), "3"));
        }
        assertThat(said).containsExactly(LEAVES, LEAVES, LEAVES, STAYS, STAYS);
        assertThat(KeepalivedScriptTest.run("127.0.0.4", port, "100", directory.toString(), "x"))
                .isEqualTo(LEAVES);
    }

    @ParameterizedTest
    @EnumSource(names = {"LISTENER", "OPERATOR"})
    void alwaysObeysAListenerThatDoesNotServeAndAnOperator(DownBy by) throws Exception {
        checkAll(5);
        view.down("for this", by);

        assertThat(checkAll(5)).containsOnly(LEAVES);
    }

    @Test
    void keepsTheLastOneInWhoeverTookTheOthersOut() throws Exception {
        checkAll(3);
        view.down("deploy", DownBy.OPERATOR);
        check(1);
        check(2);
        view.down("a leak");

        assertThat(check(3)).isEqualTo(STAYS);
    }

    @Test
    void countsAServerThatDoesNotAnswerAsOutButNotAgainstTheBudget() throws Exception {
        checkAll(5);
        write("127.0.0.5", "gone");
        view.down("a leak");

        assertThat(check(1)).isEqualTo(LEAVES);
        assertThat(check(2)).isEqualTo(STAYS);
    }

    @Test
    void keepsTheRoomOfOneThatLeftAndMissesACheckForItself() throws Exception {
        checkAll(5);
        view.down("a leak");
        assertThat(check(1)).isEqualTo(LEAVES);
        io.close();
        assertThat(check(1)).isEqualTo(LEAVES);

        assertThat(Files.readString(file("127.0.0.1"))).startsWith("judged ");
    }

    @Test
    void countsNothingThatNobodyWroteForTwoMinutes() throws Exception {
        for (int server = 2; server <= 5; server++) {
            write("127.0.0." + server, server == 2 ? "judged" : "in");
        }
        view.down("a leak");
        assertThat(check(1)).isEqualTo(STAYS);

        write("127.0.0.2", "judged", uptime() - 121);
        assertThat(check(1)).isEqualTo(LEAVES);
        // Of before a restart of the director's machine.
        write("127.0.0.2", "judged", uptime() + 1000);
        assertThat(check(1)).isEqualTo(LEAVES);
        Files.writeString(file("127.0.0.2"), "judged x");
        assertThat(check(1)).isEqualTo(LEAVES);
    }

    /** /proc is a directory in which not even root can write. */
    @ParameterizedTest
    @CsvSource({"/nowhere/at/all", "/proc", "/dev/null", "''"})
    void takesTheServersWordWithoutADirectoryToWriteIn(String state) throws Exception {
        assertThat(KeepalivedScriptTest.run("127.0.0.1", port, "100", state)).isEqualTo(WELL);
        view.down("a leak");

        assertThat(KeepalivedScriptTest.run("127.0.0.1", port, "100", state)).isEqualTo(LEAVES);
    }

    @Test
    void takesTheServersWordWhereThereIsNoLockToBeHad() throws Exception {
        checkAll(5);
        write("127.0.0.5", "judged");
        view.down("a leak");
        Path programs = Files.createDirectory(directory.resolve("programs"));
        for (String program : List.of("curl")) {
            Path there = Path.of("/usr/bin", program);
            Files.createSymbolicLink(programs.resolve(program), Files.exists(there) ? there : Path.of("/bin", program));
        }
        ProcessBuilder builder = new ProcessBuilder(
                KeepalivedScriptTest.shell(),
                KeepalivedScriptTest.SCRIPT.toString(),
                "127.0.0.1",
                port,
                "100",
                directory.toString());
        builder.environment().put("PATH", programs.toString());

        assertThat(KeepalivedScriptTest.exitCode(builder)).isEqualTo(LEAVES);
    }

    private int check(int server) throws Exception {
        return KeepalivedScriptTest.run("127.0.0." + server, port, "100", directory.toString());
    }

    /** All at the same time. */
    private List<Integer> checkAll(int servers) throws Exception {
        List<Process> checks = new ArrayList<>();
        for (int server = 1; server <= servers; server++) {
            checks.add(new ProcessBuilder(
                            "sh",
                            KeepalivedScriptTest.SCRIPT.toString(),
                            "127.0.0." + server,
                            port,
                            "100",
                            directory.toString())
                    .redirectErrorStream(true)
                    .start());
        }
        List<Integer> codes = new ArrayList<>();
        for (Process check : checks) {
            assertThat(check.getInputStream().readAllBytes()).isEmpty();
            codes.add(check.waitFor());
        }
        return codes;
    }

    private Path file(String server) {
        return directory.resolve(server + ',' + port);
    }

    private void write(String server, String word) throws IOException {
        write(server, word, uptime());
    }

    private void write(String server, String word, long at) throws IOException {
        Files.writeString(file(server), word + ' ' + at);
    }

    private static long uptime() throws IOException {
        String text = Files.readString(Path.of("/proc/uptime"));
        return Long.parseLong(text.substring(0, text.indexOf('.')));
    }
}
