/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SysctlTest {
    private static final String NAME = "sys/fs/file-nr";

    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);

    private final Path directory;

    SysctlTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void findsEachColumn() {
        FakeProc proc = FakeProc.complete(directory).with(NAME, "2016\t0\t9223372036854775807\n");
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            assertThat(Sysctl.count(file, 0, 3).at(0)).isEqualTo(2016);
            assertThat(Sysctl.count(file, 1, 3).at(0)).isZero();
            assertThat(Sysctl.count(file, 2, 3).at(0)).isEqualTo(Long.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "2016",
                "2016\n",
                "2016\t0\n",
                "2016\t0\t99",
                "2016\t0\t99\t5\n",
                "2016\t0\t99\n1\n",
                "-1\t0\t99\n",
                "2016\t0\t9223372036854775808\n",
                "2016\t\t99\n",
                " 2016\t0\t99\n",
                "0x10\t0\t99\n",
                "max\t0\t99\n"
            })
    void refusesWhatIsNotExactlyThreeNumbersAndALineEnd(String text) {
        FakeProc proc = FakeProc.complete(directory).with(NAME, text);
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            Sysctl figure = Sysctl.count(file, 0, 3);

            assertThat(figure.at(0)).isEqualTo(-1);
            assertThat(figure.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.MALFORMED);
        }
    }

    @Test
    void readsACountEachTimeAndASettingOnceASecond() {
        FakeProc proc = FakeProc.complete(directory).with(NAME, "1\t0\t50\n");
        try (ProcFile file = ProcFile.whole(proc.file(NAME), descriptors)) {
            Sysctl count = Sysctl.count(file, 0, 3);
            Sysctl setting = Sysctl.setting(file, 2, 3);
            count.at(0);
            setting.at(0);

            proc.with(NAME, "2\t0\t60\n");

            assertThat(count.at(1)).isEqualTo(2);
            assertThat(setting.at(1)).isEqualTo(50);
            assertThat(setting.at(Sysctl.SETTING_MAX_AGE_NANOS)).isEqualTo(60);
        }
    }
}
