/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;

/** The limit of descriptors of a process that runs, set from outside. */
public final class DescriptorLimit {
    private DescriptorLimit() {}

    /** Sets the soft limit by util-linux's {@code prlimit}; skips the test where there is none. */
    public static void set(long pid, int limit) throws InterruptedException {
        String said;
        int code;
        try {
            Process prlimit = new ProcessBuilder("prlimit", "--pid", String.valueOf(pid), "--nofile=" + limit + ":")
                    .redirectErrorStream(true)
                    .start();
            said = new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            code = prlimit.waitFor();
        } catch (IOException none) {
            Assumptions.abort("skipped, since prlimit is not here: " + none);
            return;
        }
        if (code != 0) {
            throw new AssertionError("prlimit: " + said);
        }
    }
}
