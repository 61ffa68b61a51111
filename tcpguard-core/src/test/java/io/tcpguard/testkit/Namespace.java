/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace made by the test, with loopback up: the real kernel, and nobody else's sockets. */
public final class Namespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    /** Skips the test, and says so, where namespaces can't be made. */
    public static Namespace create() {
        String name = "tcpguard-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        Ended made = Ended.ifThere(List.of("ip", "netns", "add", name));
        assumeThat(made.exit())
                .as("needs root and network namespaces: %s", made.said())
                .isZero();
        Namespace namespace = new Namespace(name);
        namespace.must("ip", "link", "set", "lo", "up");
        return namespace;
    }

    /** What runs a program inside, before its command. */
    public List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    /** Runs a program inside; its output without blanks around. */
    public String must(String... command) {
        return attempt(command).well().strip();
    }

    /** The same, however it ends. */
    public Ended attempt(String... command) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(List.of(command));
        return Ended.ifThere(all);
    }

    /** A counter as {@code nstat} has it. */
    public long nstat(String counter) {
        return must("nstat", "-asz", counter)
                .lines()
                .filter(line -> line.startsWith(counter))
                .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[1]))
                .sum();
    }

    @Override
    public void close() {
        Ended.ifThere(List.of("ip", "netns", "del", name)).well();
    }
}
