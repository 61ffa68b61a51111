/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a program ended that a test ran.
 *
 * @param exit its exit value
 * @param said what it wrote, its errors among the rest
 */
public record Ended(int exit, String said) {
    private static final int SECONDS = 120;

    /** Runs it to its end. */
    public static Ended of(List<String> command) throws IOException {
        return of(SECONDS, new ProcessBuilder(command));
    }

    /** The same of one that may not be here: then it ends with -1. */
    public static Ended ifThere(List<String> command) {
        try {
            return of(command);
        } catch (IOException e) {
            return new Ended(-1, e.toString());
        }
    }

    /** The same of one that was prepared; it fails the test if it takes longer than so many seconds. */
    public static Ended of(int seconds, ProcessBuilder program) throws IOException {
        Path out = Files.createTempFile("ended", ".txt");
        Process process =
                program.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try {
            process.getOutputStream().close();
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                    .as("%s ends", program.command())
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(out));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
            Files.delete(out);
        }
    }

    /** What it wrote; it fails the test if it did not end well. */
    public String well() {
        assertThat(exit).as(said).isZero();
        return said;
    }
}
