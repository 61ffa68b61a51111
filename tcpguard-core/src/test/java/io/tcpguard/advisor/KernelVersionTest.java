/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelVersionTest {

    @ParameterizedTest
    @CsvSource({
        "3.10.0-1160.el7.x86_64, 3, 10",
        "5.15.0-91-generic, 5, 15",
        "6.12, 6, 12",
        "6.1-rc3, 6, 1",
        "4.4.0-19041-Microsoft, 4, 4"
    })
    void readsWhatDistributionsCallTheirKernels(String release, int major, int minor) {
        assertThat(KernelVersion.parse(release)).contains(new KernelVersion(major, minor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "6", "six.one", "99999.1"})
    void isEmptyForWhatIsNoVersion(String release) {
        assertThat(KernelVersion.parse(release)).isEmpty();
    }

    @Test
    void ordersByNumbersNotByLetters() {
        assertThat(new KernelVersion(5, 4)).isLessThan(new KernelVersion(5, 15));
    }
}
