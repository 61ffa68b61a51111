package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelCountersTest {

    private final Path file;

    KernelCountersTest(@TempDir Path directory) {
        file = directory.resolve("netstat");
    }

    @Test
    void readsTheFileAnewEachTime() throws IOException {
        Files.writeString(file, "TcpExt: ListenOverflows Other\nTcpExt: 3 4\n");
        try (KernelCounters counters = KernelCounters.open(file)) {
            assertThat(counters.get()).containsOnly(Map.entry(KernelCounter.LISTEN_OVERFLOWS, 3L));
            Files.writeString(file, "TcpExt: ListenOverflows Other\nTcpExt: 9 4\n");
            assertThat(counters.get()).containsOnly(Map.entry(KernelCounter.LISTEN_OVERFLOWS, 9L));
        }
    }

    @Test
    void knowsNothingWithoutAFileAndAfterClose() throws IOException {
        try (KernelCounters none = KernelCounters.open(file)) {
            assertThat(none.get()).isEmpty();
        }
        Files.writeString(file, "TcpExt: ListenOverflows\nTcpExt: 3\n");
        KernelCounters closed = KernelCounters.open(file);
        closed.close();
        assertThat(closed.get()).isEmpty();
    }
}
