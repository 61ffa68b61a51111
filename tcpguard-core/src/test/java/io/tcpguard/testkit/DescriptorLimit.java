/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The limit of descriptors of a process that runs, set from outside. */
public final class DescriptorLimit {
    private DescriptorLimit() {}

    /** Sets the soft limit by util-linux's {@code prlimit}; skips the test where there is none. */
    public static void set(long pid, int limit) {
        Ended prlimit = Ended.ifThere(List.of("prlimit", "--pid", String.valueOf(pid), "--nofile=" + limit + ":"));
        Assumptions.assumeTrue(prlimit.exit() >= 0, "prlimit is not here: " + prlimit.said());
        prlimit.well();
    }
}
