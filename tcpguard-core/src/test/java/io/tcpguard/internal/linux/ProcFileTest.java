/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcFileTest {
    private static final long SECOND = 1_000_000_000L;

    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);

    private final Path directory;

    ProcFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void readsTheNewTextEachTimeFromTheStart() throws Exception {
        Path path = Files.writeString(directory.resolve("f"), "first\n");
        try (ProcFile file = ProcFile.whole(path.toFile(), descriptors)) {
            assertThat(textOf(file)).isEqualTo("first\n");

            Files.writeString(path, "second, and longer\n");

            assertThat(textOf(file)).isEqualTo("second, and longer\n");
        }
    }

    @Test
    void growsWhenOpenedSoThatOneReadTakesAll() throws Exception {
        String long1 = "x".repeat(5000) + "\n";
        Path path = Files.writeString(directory.resolve("f"), long1);
        try (ProcFile file = ProcFile.whole(path.toFile(), descriptors)) {
            assertThat(textOf(file)).isEqualTo(long1);
        }
    }

    @Test
    void refusesATextThatOutgrewItsBufferRatherThanCutIt() throws Exception {
        Path path = Files.writeString(directory.resolve("f"), "short\n");
        try (ProcFile file = ProcFile.whole(path.toFile(), descriptors)) {
            Files.writeString(path, "y".repeat(500));

            assertThat(file.read(0)).isFalse();
            assertThat(file.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.MALFORMED);
            assertThat(file.length()).isZero();
        }
    }

    @Test
    void saysNotSupportedWhereThereIsNoFile() {
        try (ProcFile file = ProcFile.whole(new File(directory.toFile(), "nothing"), descriptors)) {
            assertThat(file.read(0)).isFalse();
            assertThat(file.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.NOT_SUPPORTED);
            assertThat(file.trouble()).asString().contains("nothing");
        }
    }

    @Test
    void saysNotReadableWhereTheFileIsThereButDoesNotOpen() {
        try (ProcFile file = ProcFile.whole(directory.toFile(), descriptors)) {
            assertThat(file.read(0)).isFalse();
            assertThat(file.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.NOT_READABLE);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void saysNotReadableWhereTheFileOpensButDoesNotRead() {
        // Address 0 is mapped in no process: EIO.
        try (ProcFile file = ProcFile.whole(new File("/proc/self/mem"), descriptors)) {
            assertThat(file.read(0)).isFalse();
            assertThat(file.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.NOT_READABLE);
        }
    }

    @Test
    void opensLaterOnlyWhatItCouldNotOpenForWantOfADescriptorAndAtMostOnceASecond() throws Exception {
        Path path = directory.resolve("f");
        Files.createDirectory(path);
        descriptors.used = 100;
        try (ProcFile file = ProcFile.whole(path.toFile(), descriptors)) {
            assertThat(file.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.OUT_OF_DESCRIPTORS);
            assertThat(file.read(0)).isFalse();
            Files.delete(path);
            Files.writeString(path, "here\n");

            assertThat(file.read(SECOND - 1)).isFalse();
            assertThat(file.trouble()).extracting(ReadFailure::cause).isEqualTo(Cause.OUT_OF_DESCRIPTORS);
            assertThat(file.read(SECOND)).isTrue();
            assertThat(file.length()).isEqualTo(5);
        }
    }

    @Test
    void staysShutWhenItWasClosed() throws Exception {
        Path path = Files.writeString(directory.resolve("f"), "first\n");
        ProcFile file = ProcFile.whole(path.toFile(), descriptors);

        file.close();

        assertThat(file.read(0)).isFalse();
        assertThat(file.read(10 * SECOND)).isFalse();
    }

    /** A FileChannel would be closed for good here, and could not be opened again with no descriptor left. */
    @Test
    void readsOnWhenTheReaderWasInterrupted() throws Exception {
        Path path = Files.writeString(directory.resolve("f"), "first\n");
        try (ProcFile file = ProcFile.whole(path.toFile(), descriptors)) {
            Thread.currentThread().interrupt();
            try {
                assertThat(file.read(0)).isTrue();
                assertThat(file.read(1)).isTrue();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
            }
            assertThat(textOf(file)).isEqualTo("first\n");
        }
    }

    /** A first read of one byte gets one digit, and then "end of file": 4 for 4096. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void readsAllDigitsOfASysctl() throws Exception {
        for (String name :
                List.of("net/core/somaxconn", "net/ipv4/tcp_max_tw_buckets", "net/ipv4/ip_local_port_range")) {
            File path = new File("/proc/sys", name);
            try (ProcFile file = ProcFile.whole(path, descriptors)) {
                String expected = Files.readAllLines(path.toPath()).get(0) + "\n";

                assertThat(textOf(file)).isEqualTo(expected).hasSizeGreaterThan(2);
                assertThat(textOf(file)).isEqualTo(expected);
            }
        }
    }

    private static String textOf(ProcFile file) {
        assertThat(file.read(0)).isTrue();
        return new String(file.bytes(), 0, file.length(), StandardCharsets.ISO_8859_1);
    }
}
