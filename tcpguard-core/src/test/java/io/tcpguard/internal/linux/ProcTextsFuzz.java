/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Texts of {@code /proc} and of cgroups, by the parsers that read them, from real files. The first byte says which one;
 * what comes out is a number of 0 or more, or none.
 */
public final class ProcTextsFuzz {
    private static final Path DIRECTORY = directory();
    private static final DescriptorCount DESCRIPTORS = new UnknownDescriptors();

    private ProcTextsFuzz() {}

    /** Called by a fuzzer, and for each saved input. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] text = Arrays.copyOfRange(data, 1, data.length);
        try {
            parse(Math.floorMod(data[0], 8), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void parse(int which, byte[] text) throws IOException {
        switch (which) {
            case 0 -> counters(text);
            case 1 -> sockstat(text);
            case 2 -> queue(text, ListenTable.ipv4());
            case 3 -> queue(text, ListenTable.ipv6());
            case 4 -> sysctl(text);
            case 5 -> memory(text);
            case 6 -> place(text);
            default -> rows(text);
        }
    }

    private static void counters(byte[] text) throws IOException {
        try (ProcFile file = file("netstat", text)) {
            CounterTable table = NetworkTexts.counters(file);
            for (int i = 0; i < 2; i++) {
                for (long count : NetworkTexts.read(table, i).known().values()) {
                    check(count >= 0, "counter " + count);
                }
            }
        }
    }

    private static void sockstat(byte[] text) throws IOException {
        try (ProcFile file = file("sockstat", text)) {
            Sockstat sockstat = Sockstat.ofTcp(file);
            known(sockstat.inUse());
            known(sockstat.orphans());
            known(sockstat.timeWait());
            known(sockstat.pages());
        }
    }

    private static void sysctl(byte[] text) throws IOException {
        try (ProcFile file = file("tcp_mem", text)) {
            known(Sysctl.count(file, 2, 3));
        }
    }

    private static void known(KernelValue value) {
        long number = value.at(1);
        check(number >= -1, "number " + number);
        check((number == -1) == (value.trouble() != null), "number " + number + " with " + value.trouble());
    }

    private static void queue(byte[] text, ListenTable table) throws IOException {
        try (ProcFile file = file("tcp", text)) {
            if (file.read(1)) {
                long depth = table.depth(file, 8080);
                check(depth >= ListenTable.MALFORMED, "depth " + depth);
            }
        }
    }

    private static void memory(byte[] text) throws IOException {
        int third = text.length / 3;
        write("memory.max", Arrays.copyOf(text, third));
        write("memory.current", Arrays.copyOfRange(text, third, 2 * third));
        write("memory.stat", Arrays.copyOfRange(text, 2 * third, text.length));
        CgroupMemory memory = new CgroupMemory(List.of(new CgroupDirectory(DIRECTORY.toFile(), true)), DESCRIPTORS, 0);
        try {
            long used = memory.usedBytes(1);
            check(used >= -1, "used " + used);
            check(memory.maxBytes() > 0, "limit " + memory.maxBytes());
        } finally {
            memory.close();
        }
    }

    private static void place(byte[] text) throws IOException {
        int half = text.length / 2;
        Files.createDirectories(DIRECTORY.resolve("self"));
        write("self/cgroup", Arrays.copyOf(text, half));
        write("self/mountinfo", Arrays.copyOfRange(text, half, text.length));
        CgroupDirectory.onTheWayUp(DIRECTORY.resolve("self").toFile(), DIRECTORY);
    }

    private static void rows(byte[] text) {
        new String(text, StandardCharsets.ISO_8859_1).lines().forEach(line -> {
            TcpRow row = TcpRow.parse(line);
            check(row == null || (row.localPort() >= 0 && row.localPort() < 65_536 && row.inode() >= 0), "row " + row);
        });
    }

    private static ProcFile file(String name, byte[] text) throws IOException {
        write(name, text);
        return ProcFile.whole(DIRECTORY.resolve(name).toFile(), DESCRIPTORS);
    }

    private static void write(String name, byte[] text) throws IOException {
        Files.write(DIRECTORY.resolve(name), text);
    }

    private static Path directory() {
        try {
            Path memory = Path.of("/dev/shm");
            Path made = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "tcpguard-fuzz")
                    : Files.createTempDirectory("tcpguard-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path made) {
        for (String name : new String[] {
            "netstat",
            "sockstat",
            "tcp_mem",
            "tcp",
            "memory.max",
            "memory.current",
            "memory.stat",
            "self/cgroup",
            "self/mountinfo",
            "self",
            "."
        }) {
            try {
                Files.deleteIfExists(made.resolve(name).normalize());
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
