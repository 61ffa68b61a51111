/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * An address of this machine of which nothing comes and to which nothing goes any more, as with a cable that is pulled
 * out. By nftables, of a table of its own; skips the test where that can't be had.
 */
public final class PulledPlug implements AutoCloseable {
    private static final AtomicInteger TABLES = new AtomicInteger();

    private final String table = "tcpguard_" + ProcessHandle.current().pid() + "_" + TABLES.incrementAndGet();

    public PulledPlug() {
        Assumptions.assumeTrue(nft("add table ip " + table) == 0, "needs root and nft");
    }

    /** From now on, until this is closed. */
    public void pull(String address) {
        must("add chain ip " + table + " in { type filter hook input priority 0; }");
        for (String side : List.of("saddr", "daddr")) {
            must("add rule ip " + table + " in ip " + side + " " + address + " drop");
        }
    }

    @Override
    public void close() {
        must("delete table ip " + table);
    }

    private static void must(String command) {
        if (nft(command) != 0) {
            throw new AssertionError("nft " + command);
        }
    }

    private static int nft(String command) {
        List<String> words = new ArrayList<>(List.of("nft"));
        words.addAll(List.of(command.split(" ", -1)));
        return Ended.ifThere(words).exit();
    }
}
