/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Level;
import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.Wire;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepalivedScriptTest {
    static final Path SCRIPT = Path.of("..", "docs", "keepalived", "tcpguard-check.sh");

    private final FakeView view = new FakeView();
    private IoThread io;
    private String port;

    @BeforeEach
    void open() {
        assumeTrue(onPath("sh") && onPath("curl"), "needs sh and curl");
        io = IoThread.open(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0)), view);
        io.start();
        port = String.valueOf(io.healthPort());
    }

    @AfterEach
    void close() {
        if (io != null) {
            io.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100, 102",
        "80, 100, 82",
        "76, 100, 82", // in steps of a tenth
        "74, 100, 72",
        "100, 250, 252",
        "50, 1, 3", // up is never less than 1
        "3, 100, 3",
        "50, 7, 5"
    })
    void turnsTheWeightIntoMiscDynamicsExitCode(int weight, String configured, int code) throws Exception {
        view.says(Level.NORMAL, null, weight, "well");

        assertThat(run("127.0.0.1", port, configured)).isEqualTo(code);
    }

    @Test
    void takesAHundredForAWeightThatIsNotGiven() throws Exception {
        assertThat(run("127.0.0.1", port)).isEqualTo(82);
    }

    @Test
    void saysDownForAServerThatIsDownOrNotThere() throws Exception {
        view.down("leak");
        assertThat(run("127.0.0.1", port, "100")).isEqualTo(1);

        io.close();
        assertThat(run("127.0.0.1", port, "100")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "251", "-5", "abc", "10 0", "99999999999999999999", "1e2", "$(id)"})
    void saysDownForAConfiguredWeightThatIsNone(String configured) throws Exception {
        assertThat(run("127.0.0.1", port, configured)).isEqualTo(1);
    }

    @Test
    void saysDownWithoutArguments() throws Exception {
        assertThat(run()).isEqualTo(1);
        assertThat(run("127.0.0.1")).isEqualTo(1);
        assertThat(run("no.such.host.invalid", port)).isEqualTo(1);
        assertThat(run("127.0.0.1", "99999")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nabc\n",
                "HTTP/1.0 200 OK\r\n\r\n101\n",
                "HTTP/1.0 200 OK\r\n\r\n0\n",
                "HTTP/1.0 200 OK\r\n\r\n000\n",
                "HTTP/1.0 200 OK\r\n\r\n-7\n",
                "HTTP/1.0 200 OK\r\n\r\n5.5\n",
                "HTTP/1.0 404 Not Found\r\n\r\n80\n",
                "HTTP/1.0 500 x\r\n\r\n80\n",
                "SSH-2.0-x\r\n"
            })
    void saysDownForAnAnswerThatIsNoWeight(String answer) throws Exception {
        assertThat(againstServerThatAnswers(answer)).isEqualTo(1);
    }

    @Test
    void readsTheLastLineAndNoOctalNumbers() throws Exception {
        assertThat(againstServerThatAnswers("HTTP/1.0 200 OK\r\n\r\nhello\n70\n"))
                .isEqualTo(72);
        assertThat(againstServerThatAnswers("HTTP/1.0 200 OK\r\n\r\n080\n")).isEqualTo(82);
    }

    @Test
    void givesUpByItselfOnAServerThatSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(run("127.0.0.1", String.valueOf(silent.getLocalPort()))).isEqualTo(1);
        }
    }

    @Test
    void saysDownWhereThereIsNoCurl() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(shell(), SCRIPT.toString(), "127.0.0.1", port, "100");
        builder.environment().put("PATH", "/nowhere");

        assertThat(exitCode(builder)).isEqualTo(1);
    }

    private static int againstServerThatAnswers(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    Wire.send(socket, answer);
                    socket.shutdownOutput();
                    Wire.readToEnd(socket);
                } catch (IOException e) {
                    // The script's end shows in its exit code.
                }
            });
            thread.start();
            return run("127.0.0.1", String.valueOf(server.getLocalPort()), "100");
        }
    }

    static int run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString()));
        command.addAll(Arrays.asList(arguments));
        return exitCode(new ProcessBuilder(command));
    }

    static int exitCode(ProcessBuilder builder) throws Exception {
        Ended script = Ended.of(30, builder);
        assertThat(script.said()).isEmpty();
        return script.exit();
    }

    static String shell() {
        return Files.isExecutable(Path.of("/bin/sh")) ? "/bin/sh" : "/usr/bin/sh";
    }

    static boolean onPath(String program) {
        for (String dir : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(dir, program))) {
                return true;
            }
        }
        return false;
    }
}
