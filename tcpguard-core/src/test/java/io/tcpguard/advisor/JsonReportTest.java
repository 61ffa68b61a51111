/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JsonReportTest {

    @Test
    void holdsFactsListenersAndFindings(@TempDir Path proc) {
        Machine machine = SavedMachine.of("6.1", proc).machine(Listening.asking("http \"main\"", 8080, 100));

        String json = new Report(machine, Advisor.examine(machine)).json();

        assertThat(json)
                .contains("\"kernel\":\"6.1.0-18-amd64\"")
                .contains("\"descriptors\":20000")
                .contains("{\"name\":\"http \\\"main\\\"\",\"port\":8080,\"asked\":100,\"inForce\":null}")
                .contains("{\"setting\":\"net.ipv4.tcp_retries2\",\"judgement\":\"OK\",\"value\":\"15\"")
                .contains("\"exitCode\":0");
    }

    @Test
    void writesEmptyListsAsSuch(@TempDir Path proc) {
        Machine machine = SavedMachine.of("6.1", proc).machine();

        assertThat(new Report(machine, List.of()).json())
                .contains("\"listeners\":[]")
                .contains("\"findings\":[]");
    }
}
