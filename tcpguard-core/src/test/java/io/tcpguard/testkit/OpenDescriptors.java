/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this process has open, one by one: number and what it leads to, sockets and pipes by their inode. A count of a
 * JVM in which other tests ran says less: what they left to the garbage collector is closed at any time.
 *
 * @param names as {@code 57 socket:[81234]}
 */
public record OpenDescriptors(Set<String> names) {
    private static final File DIRECTORY = new File("/proc/self/fd");

    public static boolean known() {
        return DIRECTORY.isDirectory();
    }

    /**
     * Nothing where there is no {@code /proc}. Without what classes are loaded from, since that is opened once for all.
     */
    public static OpenDescriptors now() {
        Set<String> names = new TreeSet<>();
        String[] numbers = DIRECTORY.list();
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                String target = Files.readSymbolicLink(Path.of(DIRECTORY.getPath(), number))
                        .toString();
                if (!target.endsWith(".jar") && !target.endsWith("/modules")) {
                    names.add(number + " " + target);
                }
            } catch (IOException e) {
                // Closed since, as the listing's own.
            }
        }
        return new OpenDescriptors(names);
    }

    /** What was not open then. */
    public Set<String> since(OpenDescriptors before) {
        Set<String> opened = new TreeSet<>(names);
        opened.removeAll(before.names);
        return opened;
    }
}
