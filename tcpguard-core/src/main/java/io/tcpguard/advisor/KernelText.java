/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads a file of {@code /proc} whole. {@code Files.readString} asks for one byte first, and a file below {@code
 * /proc/sys} answers only the first read (fs/proc/proc_sysctl.c): of "4096" it would see "4".
 */
final class KernelText {

    private static final int BUFFER = 16 * 1024;

    private KernelText() {}

    static String read(Path file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (InputStream in = new FileInputStream(file.toFile())) {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                text.write(buffer, 0, n);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
