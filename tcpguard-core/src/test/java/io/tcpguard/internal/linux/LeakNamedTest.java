/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guarded processes with 300 descriptors, each of which leaks twenty of a kind each second until none is left. */
@Tag("long")
class LeakNamedTest {
    private static final String[] KINDS = {"files", "deleted", "sockets", "pipes", "selectors", "inotify", "unconnected"
    };

    @TempDir
    static Path directory;

    private static final Map<String, Process> CHILDREN = new HashMap<>();
    private static ServerSocket peer;

    /** All at the same time: each takes ten seconds. */
    @BeforeAll
    static void leak() throws IOException {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        peer = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        for (String kind : KINDS) {
            CHILDREN.put(
                    kind,
                    DescriptorSurveyTest.launch(
                            300, "guard", kind, directory.toString(), Integer.toString(peer.getLocalPort())));
        }
    }

    @AfterAll
    static void end() throws IOException {
        CHILDREN.values().forEach(Process::destroyForcibly);
        if (peer != null) {
            peer.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "files | files in DIRECTORY",
                "deleted | deleted files in DIRECTORY",
                "sockets | sockets to 127.0.0.1:PORT",
                "pipes | ends of pipes",
                "selectors | epoll instances",
                "inotify | inotify instances",
                "unconnected | sockets that are not connected",
            })
    void isNamedWhereverSomebodyLooksWhileNoneIsLeft(String kind, String named) throws Exception {
        int port = Integer.parseInt(new BufferedReader(new InputStreamReader(
                        Objects.requireNonNull(CHILDREN.get(kind)).getInputStream(), StandardCharsets.UTF_8))
                .readLine());
        String what =
                named.replace("DIRECTORY", directory.toString()).replace("PORT", Integer.toString(peer.getLocalPort()));

        Await.until("it is named in /details", () -> Wire.tryGet(port, "/details")
                .contains("note: the descriptors that grew most since the start"));
        assertThat(Wire.tryGet(port, "/details")).contains(what);
        Await.until("none is left", () -> Wire.tryGet(port, "/health").contains(" 503 "));
        assertThat(Wire.tryGet(port, "/details")).contains(what);
        assertThat(Wire.tryGet(port, "/incident")).contains("Also seen: the descriptors that grew most", what);
    }
}
