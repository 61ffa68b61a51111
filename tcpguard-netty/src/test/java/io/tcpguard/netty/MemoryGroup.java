/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A real control group with a limit for memory, of whichever version this machine has: only root can make one. */
final class MemoryGroup implements AutoCloseable {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");

    private final Path directory;
    private final String limit;
    private final String usage;

    private MemoryGroup(Path directory, boolean second) {
        this.directory = directory;
        limit = second ? "memory.max" : "memory.limit_in_bytes";
        usage = second ? "memory.current" : "memory.usage_in_bytes";
    }

    static MemoryGroup of(long bytes) {
        boolean second = Files.exists(MOUNT.resolve("cgroup.controllers"));
        Path parent = second ? MOUNT : MOUNT.resolve("memory");
        Path directory =
                parent.resolve("tcpguard-test-" + ProcessHandle.current().pid());
        try {
            MemoryGroup made = new MemoryGroup(Files.createDirectory(directory), second);
            made.limit(bytes);
            return made;
        } catch (IOException e) {
            Assumptions.abort("skipped, since no control group can be made here: " + e);
            throw new AssertionError(e);
        }
    }

    void limit(long bytes) throws IOException {
        Files.writeString(directory.resolve(limit), Long.toString(bytes));
    }

    long used() throws IOException {
        return Long.parseLong(Files.readString(directory.resolve(usage)).strip());
    }

    Path processes() {
        return directory.resolve("cgroup.procs");
    }

    /** Only when nobody is in it any more. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(directory);
    }
}
