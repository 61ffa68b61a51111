/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's memory in pages, the unit of tcp_mem: MemTotal of {@code /proc/meminfo} by the page size of the
 * auxiliary vector.
 */
final class MemoryPages {

    /** AT_PAGESZ of getauxval(3). */
    private static final long PAGE_SIZE = 6;

    private static final int PAIR = 2 * Long.BYTES;
    private static final int KILO = 1024;
    private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal: +(\\d+) kB");

    private MemoryPages() {}

    static OptionalLong below(Path proc) {
        try {
            OptionalLong bytes = bytes(proc);
            OptionalLong page = pageSize(Files.readAllBytes(proc.resolve("self/auxv")));
            return bytes.isPresent() && page.isPresent()
                    ? OptionalLong.of(bytes.getAsLong() / page.getAsLong())
                    : OptionalLong.empty();
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }

    /** The same in bytes. */
    static OptionalLong bytes(Path proc) {
        try {
            Matcher total = TOTAL.matcher(KernelText.read(proc.resolve("meminfo")));
            return total.find() ? OptionalLong.of(Long.parseLong(total.group(1)) * KILO) : OptionalLong.empty();
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong pageSize(byte[] vector) {
        ByteBuffer pairs = ByteBuffer.wrap(vector).order(ByteOrder.nativeOrder());
        while (pairs.remaining() >= PAIR) {
            long type = pairs.getLong();
            long value = pairs.getLong();
            if (type == PAGE_SIZE && value > 0) {
                return OptionalLong.of(value);
            }
        }
        return OptionalLong.empty();
    }
}
