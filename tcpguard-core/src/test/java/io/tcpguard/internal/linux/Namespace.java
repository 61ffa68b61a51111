/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace made by the test, with loopback up: the real kernel, and nobody else's sockets. */
final class Namespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private Namespace(String name) {
        this.name = name;
    }

    /** Skips the test, and says so, where namespaces can't be made. */
    static Namespace create() {
        String name = "tcpguard-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        Result made = run(List.of("ip", "netns", "add", name));
        assumeThat(made.exit())
                .as("needs root and network namespaces: %s", made.text())
                .isZero();
        Namespace namespace = new Namespace(name);
        namespace.must("ip", "link", "set", "lo", "up");
        return namespace;
    }

    ChildJvm child() throws IOException {
        return ChildJvm.start(prefix());
    }

    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    /** Runs a program inside; its output without blanks around. */
    String must(String... command) {
        Result result = attempt(command);
        assertThat(result.exit()).as("%s: %s", List.of(command), result.text()).isZero();
        return result.text();
    }

    Result attempt(String... command) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(List.of(command));
        return run(all);
    }

    /** A counter as {@code nstat} has it. */
    long nstat(String counter) {
        return must("nstat", "-asz", counter)
                .lines()
                .filter(line -> line.startsWith(counter))
                .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[1]))
                .sum();
    }

    @Override
    public void close() {
        Result deleted = run(List.of("ip", "netns", "del", name));
        assertThat(deleted.exit()).as(deleted.text()).isZero();
    }

    private static Result run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(-1, command + " did not end");
            }
            return new Result(process.exitValue(), text.strip());
        } catch (IOException e) {
            return new Result(-1, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, e.toString());
        }
    }

    /**
     * How a program ended.
     *
     * @param exit its exit value; -1 if it could not be run
     * @param text what it wrote
     */
    record Result(int exit, String text) {}
}
