/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that a test starts, and ends by its own handle; each line that it writes is kept. */
public class OutputChild implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    /** @param command of a JVM, for instance {@link JavaChild#command} */
    public OutputChild(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::read, "output of the child");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add("output ended: " + e);
        }
        over = true;
    }

    /** What it wrote so far, its errors among the rest. */
    public final List<String> output() {
        return output;
    }

    public final boolean said(String text) {
        return output.stream().anyMatch(line -> line.contains(text));
    }

    /** Waits until a line has this. */
    public final void awaitSaid(String text) {
        awaitSaid(Pattern.compile(Pattern.quote(text)));
    }

    /** The same; where it has it, in the first such line. */
    public final Matcher awaitSaid(Pattern pattern) {
        boolean[] ended = new boolean[1];
        return Await.value(
                        () -> {
                            // Asked first: what it wrote last counts.
                            ended[0] = over;
                            return output.stream()
                                    .map(pattern::matcher)
                                    .filter(Matcher::find)
                                    .findFirst();
                        },
                        found -> found.isPresent() || ended[0])
                .orElseThrow(() -> new AssertionError("it ended without " + pattern + ": " + output));
    }

    /** The number in the last line that has it; -1 if none has. */
    public final int lastNumber(Pattern pattern) {
        return output.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .reduce((earlier, later) -> later)
                .map(found -> Integer.parseInt(found.group(1)))
                .orElse(-1);
    }

    public final long pid() {
        return process.pid();
    }

    public final boolean isAlive() {
        return process.isAlive();
    }

    /** As the kernel has it, from outside: the child may have none left to look for itself. */
    public final int openDescriptors() throws IOException {
        return JavaChild.openDescriptors(pid());
    }

    public final void send(char command) throws IOException {
        process.getOutputStream().write(command);
        process.getOutputStream().flush();
    }

    /** Waits until it has ended by itself. */
    public final boolean ended() throws InterruptedException {
        return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** As {@code kill} does: SIGTERM. */
    public final void requestTermination() {
        // Not Process.destroy(), which closes the pipe: what it says while it stops counts.
        process.toHandle().destroy();
    }

    /** The same, and waits until it has ended. */
    public final void terminate() throws InterruptedException {
        requestTermination();
        endsInTime();
    }

    /** Ends its input, as of a server that ends with it, and waits. */
    public final void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        endsInTime();
    }

    private void endsInTime() throws InterruptedException {
        if (!ended()) {
            throw new AssertionError("it does not stop: " + output);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.getOutputStream().close();
    }
}
