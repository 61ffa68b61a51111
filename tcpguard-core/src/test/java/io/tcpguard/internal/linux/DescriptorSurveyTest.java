/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.internal.linux.DescriptorKey.DescriptorKind;
import io.tcpguard.internal.probe.HeldDescriptors;
import io.tcpguard.testkit.JavaChild;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorSurveyTest {

    /** A process with 160 descriptors, which leaks 24 of each kind and then all. */
    @Test
    void namesEachKindThatAProcessReallyLeaks(@TempDir Path directory) throws Exception {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        Map<String, String> told = new HashMap<>();
        try (ServerSocket peer = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            Process child = launch(160, "survey", directory.toString(), Integer.toString(peer.getLocalPort()));
            try {
                new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .forEach(line ->
                                told.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
            } finally {
                child.destroyForcibly();
            }
            assertThat(told.get("sockets")).isEqualTo("+24 sockets to 127.0.0.1:" + peer.getLocalPort());
        }
        assertThat(told.get("files")).isEqualTo("+24 files in " + directory);
        assertThat(told.get("deleted")).isEqualTo("+24 deleted files in " + directory);
        assertThat(told.get("scattered"))
                .as("each in a directory of its own")
                .isEqualTo("+24 files below " + directory);
        assertThat(told.get("pipes")).isEqualTo("+48 ends of pipes");
        assertThat(told.get("selectors"))
                .contains("+24 epoll instances (selectors)")
                .contains("+24 eventfds (wake-ups of selectors)");
        assertThat(told.get("inotify")).contains("+24 inotify instances (watched directories)");
        assertThat(told.get("unconnected"))
                .isEqualTo("+24 sockets that are not connected (never, or reset by their peer)");
        assertThat(told.get("udp")).isEqualTo("+24 udp sockets without a peer");
        assertThat(told.get("exhausted")).as("with no descriptor left").contains("files in /dev");
        assertThat(told.get("limit")).isEqualTo("true");
    }

    static Process launch(int limit, String... args) throws java.io.IOException {
        return new ProcessBuilder(JavaChild.command(
                        limit,
                        List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-MaxFDLimit"),
                        JavaChild.classPath(),
                        LeakingChild.class,
                        args))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void tellsTheOneThatGrewBeforeTheOneThatIsMost() {
        Map<DescriptorKey, Integer> before = Map.of(file("/app/lib"), 200, socket("10.0.0.5", 5432), 10);
        Map<DescriptorKey, Integer> now = Map.of(file("/app/lib"), 201, socket("10.0.0.5", 5432), 150);

        List<HeldDescriptors> top = SurveyedDescriptors.of(now, 1).top(SurveyedDescriptors.of(before, 1), 5);

        assertThat(top)
                .containsExactly(
                        new HeldDescriptors("sockets to 10.0.0.5:5432", 150, 140),
                        new HeldDescriptors("files in /app/lib", 201, 1));
        assertThat(top.get(0).inWords()).isEqualTo("150 sockets to 10.0.0.5:5432 (140 of them new)");
    }

    @Test
    void putsTogetherWhatIsScattered() {
        Map<DescriptorKey, Integer> now = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            now.put(socket("10.0.0." + i, 443), 1);
            now.put(file("/tmp/a/b" + i), 1);
        }

        assertThat(SurveyedDescriptors.of(now, 1).top(SurveyedDescriptors.NONE, 5))
                .containsExactly(
                        new HeldDescriptors("files below /tmp/a", 60, 60),
                        new HeldDescriptors("sockets to many addresses, port 443", 60, 60));
    }

    @Test
    void escapesNamesThatSomebodyElseGave() {
        Map<DescriptorKey, Integer> now = Map.of(file("/tmp/\u001b[31m<script>\n" + "x".repeat(500)), 3);

        String what = SurveyedDescriptors.of(now, 1)
                .top(SurveyedDescriptors.NONE, 5)
                .get(0)
                .what();

        assertThat(what).startsWith("files in /tmp/?[31m?script??x").hasSizeLessThan(120);
    }

    @Test
    void scalesUpWhatItSawOfVeryMany() {
        assertThat(SurveyedDescriptors.of(Map.of(file("/x"), 100), 12.5).top(SurveyedDescriptors.NONE, 1))
                .containsExactly(new HeldDescriptors("files in /x", 1250, 1250));
    }

    @Test
    void endsWhenItsTimeIsUp() {
        long[] time = {0};
        File proc = new File("/proc");
        DescriptorSurvey survey = new DescriptorSurvey(proc, true, new UnknownDescriptors(), () -> time[0]++);

        assertThat(survey.take(0).top(SurveyedDescriptors.NONE, 5)).isEmpty();
    }

    private static DescriptorKey file(String directory) {
        return new DescriptorKey(DescriptorKind.FILE, directory, 0);
    }

    private static DescriptorKey socket(String address, int port) {
        return new DescriptorKey(DescriptorKind.SOCKET, address, port);
    }
}
