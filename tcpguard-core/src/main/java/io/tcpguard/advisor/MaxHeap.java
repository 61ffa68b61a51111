/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The maximum heap that a JVM's command line sets: by a number, or as a share of the memory that it sees. */
final class MaxHeap {
    private static final Pattern BYTES = Pattern.compile("(?:-Xmx|-XX:MaxHeapSize=|-mx)([0-9]{1,15})([kKmMgGtT]?)");
    private static final Pattern SHARE = Pattern.compile("-XX:MaxRAMPercentage=([0-9]{1,3}(?:\\.[0-9]{1,6})?)");
    private static final String UNITS = "kmgt";
    private static final int KILO_BITS = 10;

    private MaxHeap() {}

    /**
     * In bytes; empty if the line does not say it: then the JVM, or its environment, does.
     *
     * @param commandLine as {@code /proc/PID/cmdline} has it, NUL between arguments
     * @param memory what the JVM sees of its machine or container, in bytes
     */
    static OptionalLong of(String commandLine, OptionalLong memory) {
        OptionalLong bytes = OptionalLong.empty();
        OptionalLong share = OptionalLong.empty();
        for (String argument : commandLine.split("\0", -1)) {
            Matcher set = BYTES.matcher(argument);
            Matcher part = SHARE.matcher(argument);
            // The last one holds.
            if (set.matches()) {
                bytes = OptionalLong.of(bytes(set.group(1), set.group(2)));
            } else if (part.matches() && memory.isPresent()) {
                share = OptionalLong.of((long) (memory.getAsLong() * (Double.parseDouble(part.group(1)) / 100)));
            }
        }
        return bytes.isPresent() ? bytes : share;
    }

    private static long bytes(String number, String unit) {
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
        return Math.min(Long.MAX_VALUE >> (power * KILO_BITS), Long.parseLong(number)) << (power * KILO_BITS);
    }
}
