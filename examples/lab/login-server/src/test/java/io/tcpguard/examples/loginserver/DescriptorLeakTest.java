/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DescriptorLeakTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @Test
    void holdsRealDescriptorsUntilItIsClosed() throws Exception {
        assumeThat(DESCRIPTORS).as("Linux").isDirectory();
        Set<Path> before = devNulls();
        DescriptorLeak leak = new DescriptorLeak(new LeakPlan(500, 0, LeakPlan.NEVER));
        leak.start();
        try {
            Await.until("twenty are held", () -> since(before).size() >= 20);
        } finally {
            leak.close();
        }

        Await.until("all are given back", () -> since(before).isEmpty());
    }

    @Test
    void givesAllBackWhenItsTimeIsUp() throws Exception {
        assumeThat(DESCRIPTORS).as("Linux").isDirectory();
        Set<Path> before = devNulls();
        try (DescriptorLeak leak = new DescriptorLeak(new LeakPlan(100, 0, 1))) {
            leak.start();

            Await.until("some are held", () -> !since(before).isEmpty());
            Await.until("all are given back", () -> since(before).isEmpty());
        }
    }

    /** By number: others of this process may close theirs meanwhile. */
    private static Set<Path> since(Set<Path> before) throws IOException {
        Set<Path> opened = devNulls();
        opened.removeAll(before);
        return opened;
    }

    private static Set<Path> devNulls() throws IOException {
        Set<Path> found = new HashSet<>();
        try (var all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path one : all) {
                if (Files.isSymbolicLink(one) && target(one).equals("/dev/null")) {
                    found.add(one);
                }
            }
        }
        return found;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }
}
