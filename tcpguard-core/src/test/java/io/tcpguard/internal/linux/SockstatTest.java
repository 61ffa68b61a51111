/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SockstatTest {
    private static final String NAME = "self/net/sockstat";

    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);

    private final Path directory;

    SockstatTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void findsTheNumbersOfTheTcpLine() {
        FakeProc proc = FakeProc.complete(directory);
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            Sockstat sockstat = sockstat(file);

            assertThat(sockstat.figure(0).at(0)).isEqualTo(41);
            assertThat(sockstat.figure(1).at(0)).isEqualTo(3);
            assertThat(sockstat.figure(2).at(0)).isEqualTo(1040);
            assertThat(sockstat.figure(3).at(0)).isEqualTo(57);
            assertThat(sockstat.figure(4).at(0)).isEqualTo(12);
        }
    }

    @Test
    void isReadOnceForAllThatAskAtTheSameTime() {
        FakeProc proc = FakeProc.complete(directory);
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            Sockstat sockstat = sockstat(file);
            sockstat.figure(0).at(5);

            proc.with(NAME, "TCP: inuse 1 orphan 2 tw 3 alloc 4 mem 5\n");

            assertThat(sockstat.figure(2).at(5)).isEqualTo(1040);
            assertThat(sockstat.figure(2).at(6)).isEqualTo(3);
            assertThat(sockstat.figure(4).at(6)).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sockets: used 283\n",
                "TCP: inuse 41 orphan 3 tw 10",
                "TCP: inuse 41 orphan 3 tw 10\n",
                "TCP: inuse 41 orphan 3 tw x alloc 57 mem 12\n",
                "TCP: inuse 41 orphan 3 tw 10 alloc 57 mem 12",
                "TCP: inuse 41 orphan 3 tw -10 alloc 57 mem 12\n",
                "TCP: inuse 41 tw 10 orphan 3 alloc 57 mem 12\n",
                "TCP: inuse 41 orphan 3 tws 10 alloc 57 mem 12\n",
                "TCP6: inuse 41 orphan 3 tw 10 alloc 57 mem 12\n",
                " TCP: inuse 41 orphan 3 tw 10 alloc 57 mem 12\n"
            })
    void refusesALineThatTheKernelDoesNotWrite(String text) {
        FakeProc proc = FakeProc.complete(directory).with(NAME, text);
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            KernelValue timeWait = sockstat(file).figure(2);

            assertThat(timeWait.at(0)).isEqualTo(-1);
            assertThat(timeWait.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.MALFORMED);
        }
    }

    private static Sockstat sockstat(ProcFile file) {
        return new Sockstat(file, "TCP:", "inuse", "orphan", "tw", "alloc", "mem");
    }
}
