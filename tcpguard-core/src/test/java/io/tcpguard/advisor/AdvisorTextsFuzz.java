/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.nio.charset.StandardCharsets;

/** Texts that the advisor reads: limits, socket tables, what {@code ss} prints, a kernel's name. Nothing is thrown. */
public final class AdvisorTextsFuzz {
    private AdvisorTextsFuzz() {}

    /** Called by a fuzzer, and for each saved input. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        LimitsText limits = LimitsText.parse(text);
        check(limits.soft().isPresent() == limits.hard().isPresent(), "half a line");
        check(limits.soft().orElse(0) >= 0 && limits.hard().orElse(0) >= 0, "limits " + limits);
        for (int port : SocketTable.parse(text).listening()) {
            check(port >= 0 && port < 65_536, "port " + port);
        }
        SocketStatistics.parse(text).forEach((port, backlog) -> {
            check(port >= 0 && port < 65_536, "port " + port);
            check(backlog >= 0, "backlog " + backlog);
        });
        KernelVersion.parse(text).ifPresent(version -> check(version.code() >= 0, "version " + version));
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
