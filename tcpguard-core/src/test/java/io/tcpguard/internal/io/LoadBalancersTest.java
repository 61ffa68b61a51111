/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.Level;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped configurations, with the test's ports in them, run by the real programs. */
@Tag("long")
class LoadBalancersTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
    private static final Path LDIRECTORD = Path.of("/usr/sbin/ldirectord");
    private static final Path KEEPALIVED = Path.of("/usr/sbin/keepalived");

    private final FakeView view = new FakeView();

    @Test
    void haproxyFollowsVerdictAndWeightAndTellsItsState(@TempDir Path dir) throws Exception {
        assumeTrue(Files.isExecutable(HAPROXY), "needs " + HAPROXY);
        try (IoThread io =
                IoThread.open(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0, Setting.AGENT_PORT, 0)), view)) {
            io.start();
            Path config = dir.resolve("haproxy.cfg");
            Path socket = dir.resolve("s");
            Files.writeString(
                    config,
                    Files.readString(DOCS.resolve("haproxy/haproxy.cfg"))
                            .replace("/run/haproxy.sock", socket.toString())
                            .replace("bind :80", "bind 127.0.0.1:" + Wire.freePort())
                            .replace("10.0.0.11", "127.0.0.1")
                            .replace("10.0.0.12", "127.0.0.2")
                            .replace("check port 8081", "check port " + io.healthPort())
                            .replace("agent-port 8082", "agent-port " + io.agentPort()));
            Process haproxy = new ProcessBuilder(HAPROXY.toString(), "-db", "-f", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("log").toFile())
                    .start();
            try {
                Await.until(
                        "it is up with the guard's weight", () -> state(socket).equals("UP 80"));

                // A fact: both servers of this pool are one guard, and of two that judge themselves one would be told
                // to stay.
                view.down("a listener does not serve", DownBy.LISTENER);
                Await.until("it is down", () -> state(socket).startsWith("DOWN"));

                view.says(Level.NORMAL, null, 30, "well again");
                Await.until("it is up again, with less", () -> state(socket).equals("UP 30"));

                assertThat(io.checkers().all())
                        .extracting(Checker::haproxyState)
                        .filteredOn(Objects::nonNull)
                        .anySatisfy(s -> assertThat(s.server()).isEqualTo("web/s1"))
                        .allSatisfy(s -> assertThat(s.totalWeight()).isPositive());
                Await.until("the interval is known", () -> io.checkers().observedIntervalNanos() > 0);
            } finally {
                haproxy.destroy();
                if (!haproxy.waitFor(5, TimeUnit.SECONDS)) {
                    haproxy.destroyForcibly().waitFor();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-get.conf", "misc-check.conf", "udp-check.conf", "tcp-check.conf"})
    void keepalivedTakesTheConfiguration(String name, @TempDir Path dir) throws Exception {
        assumeTrue(Files.isExecutable(KEEPALIVED), "needs " + KEEPALIVED);
        Path script = dir.resolve("tcpguard-check.sh");
        Files.copy(DOCS.resolve("keepalived/tcpguard-check.sh"), script);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Path config = dir.resolve(name);
        Files.writeString(
                config,
                Files.readString(DOCS.resolve("keepalived").resolve(name))
                        .replace("/etc/keepalived/tcpguard-check.sh", script.toString())
                        // 2.2 ends itself in a test run when a script has another user than the test.
                        .replace("script_user nobody nogroup", "script_user root"));

        Ended.of(List.of(KEEPALIVED.toString(), "-t", "-f", config.toString())).well();
    }

    @Test
    void ldirectordSetsTheWeightToNothingWhileDown(@TempDir Path dir) throws Exception {
        assumeTrue(Files.isExecutable(LDIRECTORD), "needs " + LDIRECTORD);
        assumeTrue(Files.isWritable(Path.of("/var/run")), "needs root, for ldirectord's pid file");
        try (IoThread io = IoThread.open(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0)), view)) {
            io.start();
            // While debugging, ldirectord takes the ipvsadm of its directory: this one writes down what it is told.
            Path calls = Files.createFile(dir.resolve("calls"));
            Path ipvsadm =
                    Files.copy(Path.of("src", "test", "resources", "ipvsadm-with-a-memory.sh"), dir.resolve("ipvsadm"));
            assertThat(ipvsadm.toFile().setExecutable(true)).isTrue();
            Path config = dir.resolve("tcpguard-test.cf");
            Files.writeString(
                    config,
                    Files.readString(DOCS.resolve("ldirectord/ldirectord.cf"))
                            .replace("10.0.0.10", "127.0.0.10")
                            .replace("10.0.0.11", "127.0.0.1")
                            .replace("10.0.0.12", "127.0.0.2")
                            .replace("checkport=8081", "checkport=" + io.healthPort()));
            Process ldirectord = new ProcessBuilder(LDIRECTORD.toString(), "-d", config.toString(), "start")
                    .directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("log").toFile())
                    .start();
            try {
                Await.until("it is in", () -> last(calls).endsWith("-w 100"));

                view.down("leak");
                Await.until("it is out", () -> last(calls).endsWith("-w 0"));

                view.says(Level.NORMAL, null, 90, "well again");
                Await.until("it is in again", () -> last(calls).endsWith("-w 100"));
            } finally {
                ldirectord.destroy();
                if (!ldirectord.waitFor(15, TimeUnit.SECONDS)) {
                    ldirectord.descendants().forEach(ProcessHandle::destroyForcibly);
                    ldirectord.destroyForcibly().waitFor();
                }
            }
        }
    }

    /** The last change of the first server's weight. */
    private static String last(Path calls) {
        try (Stream<String> lines = Files.lines(calls)) {
            return lines.filter(l -> l.contains("-r 127.0.0.1:8080") && l.contains("-w"))
                    .reduce("", (before, line) -> line);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Status and weight of web/s1, as HAProxy has them. */
    private static String state(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
            String csv = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
            List<String> lines = csv.lines().toList();
            List<String> names = Arrays.asList(lines.get(0).split(",", -1));
            for (String line : lines) {
                if (line.startsWith("web,s1,")) {
                    String[] values = line.split(",", -1);
                    return values[names.indexOf("status")] + " " + values[names.indexOf("weight")];
                }
            }
            return "";
        } catch (IOException e) {
            return ""; // Not there yet.
        }
    }
}
