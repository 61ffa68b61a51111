/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelTextTest {

    @Test
    void readsAllDigitsOfALiveSetting() throws IOException {
        Path file = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
        assumeTrue(Files.isReadable(file), "no /proc/sys here");

        assertThat(KernelText.read(file).strip()).matches("\\d+\\s+\\d+");
    }

    @Test
    void readsATextThatIsLongerThanItsBuffer(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("long"), "0123456789".repeat(5000));

        assertThat(KernelText.read(file)).hasSize(50_000);
    }
}
