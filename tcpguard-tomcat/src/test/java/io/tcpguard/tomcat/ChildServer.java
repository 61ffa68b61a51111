/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A child JVM with a hard limit of descriptors, ended by its own handle. */
final class ChildServer implements AutoCloseable {
    private static final Pattern PRINTED = Pattern.compile("ports (-?[0-9]+) (-?[0-9]+)");
    private static final Pattern HEALTH = Pattern.compile("Health is told on .*:([0-9]+)");
    private static final Pattern CONNECTOR = Pattern.compile("Starting ProtocolHandler .*-([0-9]+)\"");

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final CompletableFuture<int[]> ports = new CompletableFuture<>();
    private final int descriptors;
    private final Path temp = Files.createTempDirectory("child-server");

    ChildServer(int descriptors, String... arguments) throws IOException {
        this(descriptors, commandLine(System.getProperty("java.class.path"), arguments));
    }

    /** The same classes with the jars of another Tomcat. */
    static ChildServer onTomcat(Path jars, int descriptors, String... arguments) throws IOException {
        List<String> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("tomcat-embed") && !entry.contains("tomcat-annotations")) {
                path.add(entry);
            }
        }
        path.add(jars.resolve("*").toString());
        return new ChildServer(descriptors, commandLine(String.join(File.pathSeparator, path), arguments));
    }

    /** @param arguments {@link ServerMain}'s, and options of the JVM */
    private static List<String> commandLine(String classPath, String... arguments) {
        List<String> line = new ArrayList<>(List.of("-cp", classPath));
        Stream.of(arguments).filter(argument -> argument.startsWith("-")).forEach(line::add);
        line.add(ServerMain.class.getName());
        Stream.of(arguments).filter(argument -> !argument.startsWith("-")).forEach(line::add);
        return line;
    }

    /** With the jars that it needs and no others: each is an open descriptor. */
    static ChildServer lean(int descriptors, String... arguments) throws IOException {
        List<String> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (!name.endsWith(".jar")
                    || name.matches("tomcat-(embed-core|annotations-api)-.*|slf4j-api-.*|tcpguard-.*")) {
                path.add(entry);
            }
        }
        return new ChildServer(descriptors, commandLine(String.join(File.pathSeparator, path), arguments));
    }

    /** Any server that logs the ports of its one connector and of its health listener, or prints them. */
    ChildServer(int descriptors, List<String> commandLine) throws IOException {
        this.descriptors = descriptors;
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temp));
        command.addAll(commandLine);
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::readOutput, "output of the child");
        reader.setDaemon(true);
        reader.start();
    }

    private static int number(Matcher matcher) {
        return Integer.parseInt(matcher.group(1));
    }

    private void readOutput() {
        int healthSeen = -1;
        int connectorSeen = -1;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher printed = PRINTED.matcher(line);
                if (printed.matches()) {
                    ports.complete(new int[] {number(printed), Integer.parseInt(printed.group(2))});
                }
                Matcher health = HEALTH.matcher(line);
                if (health.find()) {
                    healthSeen = number(health);
                }
                Matcher connector = CONNECTOR.matcher(line);
                if (connector.find()) {
                    connectorSeen = number(connector);
                }
                if (line.contains("Server startup in")) {
                    ports.complete(new int[] {connectorSeen, healthSeen});
                }
            }
            ports.completeExceptionally(new IllegalStateException("the server ended: " + output));
        } catch (IOException e) {
            ports.completeExceptionally(new UncheckedIOException(e));
        }
    }

    int port() throws Exception {
        return ports.get(60, TimeUnit.SECONDS)[0];
    }

    int healthPort() throws Exception {
        return ports.get(60, TimeUnit.SECONDS)[1];
    }

    long pid() {
        return process.pid();
    }

    int descriptorLimit() {
        return descriptors;
    }

    /** As the kernel has it, from outside: the child may have none left to look for itself. */
    int openDescriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            return (int) open.count();
        }
    }

    /** What it wrote about accepts that failed. */
    List<String> acceptErrors() {
        return output.stream()
                .filter(line -> line.contains("Too many open files") || line.contains("Socket accept failed"))
                .toList();
    }

    List<String> output() {
        return output;
    }

    /** Waits until it has ended by itself. */
    boolean ended() throws InterruptedException {
        return process.waitFor(60, TimeUnit.SECONDS);
    }

    /** As {@code kill} does: SIGTERM. */
    void requestTermination() {
        // Not Process.destroy(), which closes the pipe: what it says while it stops counts.
        process.toHandle().destroy();
    }

    /** The same, and waits until it has ended. */
    void terminate() throws InterruptedException {
        requestTermination();
        process.waitFor(60, TimeUnit.SECONDS);
    }

    /** Ends it as a container would, and waits. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the server does not stop: " + output);
        }
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.destroyForcibly();
        try {
            process.waitFor();
            Scratch.delete(temp);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
