/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterTableTest {
    private static final String NAME = "self/net/netstat";

    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);

    private final Path directory;

    CounterTableTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void findsCountersByNameWhereverTheirColumnIs() {
        FakeProc proc = FakeProc.complete(directory).with(NAME, "TcpExt: B A C\nTcpExt: 1 2 3\n");
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            CounterTable table = new CounterTable(file, "TcpExt:", "C", "A", "Missing");

            assertThat(table.read(0)).isTrue();
            assertThat(table.value(0)).isEqualTo(3);
            assertThat(table.value(1)).isEqualTo(2);
            assertThat(table.value(2)).isEqualTo(-1);

            proc.with(NAME, "IpExt: A\nIpExt: 9\nTcpExt: A BB C CC\nTcpExt: 7 8 9 10\n");

            assertThat(table.read(1)).isTrue();
            assertThat(table.value(0)).isEqualTo(9);
            assertThat(table.value(1)).isEqualTo(7);
        }
    }

    /** A header of the same length: by its length alone the change would not be noticed. */
    @Test
    void looksForTheColumnsAnewWhenAnyByteOfTheHeaderIsAnother() {
        FakeProc proc = FakeProc.complete(directory).with(NAME, "TcpExt: A B\nTcpExt: 1 2\n");
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            CounterTable table = new CounterTable(file, "TcpExt:", "A", "B");
            assertThat(table.read(0)).isTrue();

            proc.with(NAME, "TcpExt: B A\nTcpExt: 1 2\n");
            assertThat(table.read(1)).isTrue();
            assertThat(table.value(0)).isEqualTo(2);
            assertThat(table.value(1)).isEqualTo(1);

            proc.with(NAME, "TcpExt: B C\nTcpExt: 1 2\n");
            assertThat(table.read(2)).isTrue();
            assertThat(table.value(0)).isEqualTo(-1);
            assertThat(table.value(1)).isEqualTo(1);
        }
    }

    @Test
    void doesNotMindTheSizeOfNumbersThatNobodyAsksFor() {
        FakeProc proc = FakeProc.complete(directory).with(NAME, "TcpExt: A B C\nTcpExt: 18446744073709551615 2 -1\n");
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            CounterTable table = new CounterTable(file, "TcpExt:", "B");

            assertThat(table.read(0)).isTrue();
            assertThat(table.value(0)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "TcpExt:",
                "TcpExt: A B\n",
                "TcpExt: A B\nTcpExt: 1\n",
                "TcpExt: A B\nTcpExt: 1 2",
                "TcpExt: A B\nTcpExt: 1 2 3\n",
                "TcpExt: A B\nTcpExt: 1 x\n",
                "TcpExt: A B\nIpExt: 1 2\n",
                "TcpExt: A A\nTcpExt: 1 2\n",
                "TcpExt: A B\nTcpExt: -1 2\n",
                "TcpExt: A B\nTcpExt: 1 --2\n",
                "TcpExt: A B\nTcpExt: 1 -\n",
                "TcpExt: B A\nTcpExt: 1 2 3\n",
                "TcpExt: B A\nTcpExt: 1\n",
                "TcpExt: A B\nTcpExt: 99999999999999999999 1\n"
            })
    void refusesATableThatDoesNotAddUp(String text) {
        FakeProc proc = FakeProc.complete(directory).with(NAME, text);
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            CounterTable table = new CounterTable(file, "TcpExt:", "A");

            assertThat(table.read(0)).isFalse();
            assertThat(file.trouble()).isNotNull();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void findsTheColumnsOfThisKernel() {
        try (ProcFile file = ProcFile.whole(new java.io.File("/proc/self/net/netstat"), descriptors)) {
            CounterTable table = new CounterTable(
                    file, "TcpExt:", "ListenOverflows", "ListenDrops", "SyncookiesSent", "TCPTimeWaitOverflow");

            assertThat(table.read(0)).isTrue();
            assertThat(table.value(0)).isNotNegative();
            // The kernel counts each overflow as a drop too.
            assertThat(table.value(1)).isGreaterThanOrEqualTo(table.value(0));
            assertThat(table.value(2)).isNotNegative();
            assertThat(table.value(3)).isNotNegative();
        }
    }
}
