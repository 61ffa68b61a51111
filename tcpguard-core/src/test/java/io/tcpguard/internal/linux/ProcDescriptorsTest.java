package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcDescriptorsTest {
    private static final long SECOND = 1_000_000_000L;

    private long now;

    @Test
    void doesNotTakeTheSizeOfAnyDirectoryForACount(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("large"), new byte[100_000]);
        ProcDescriptors descriptors =
                new ProcDescriptors(directory.resolve("large").toFile(), JdkDescriptors.open(), () -> now);

        assertThat(descriptors.exact()).isFalse();
        assertThat(descriptors.used()).isBetween(4L, 50_000L);
    }

    @Test
    void countsAtMostOnceASecondWhereTheSizeIsNoCount() throws IOException {
        ProcDescriptors descriptors = new ProcDescriptors(new File("/nowhere"), JdkDescriptors.open(), () -> now);
        long before = descriptors.used();
        try (RandomAccessFile one = new RandomAccessFile("/dev/null", "r")) {
            assertThat(one.getFD().valid()).isTrue();
            now += SECOND - 1;
            assertThat(descriptors.used()).isEqualTo(before);

            now += 1;
            assertThat(descriptors.used()).isEqualTo(before + 1);
        }
    }
}
