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

/** A child JVM with a hard limit of descriptors, ended by its own handle. */
final class ChildServer implements AutoCloseable {
    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final CompletableFuture<int[]> ports = new CompletableFuture<>();
    private final int descriptors;

    ChildServer(int descriptors, String... arguments) throws IOException {
        this(descriptors, System.getProperty("java.class.path"), arguments);
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
        return new ChildServer(descriptors, String.join(File.pathSeparator, path), arguments);
    }

    private ChildServer(int descriptors, String classPath, String[] arguments) throws IOException {
        this.descriptors = descriptors;
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                ServerMain.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::readOutput, "output of the child");
        reader.setDaemon(true);
        reader.start();
    }

    private void readOutput() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (line.startsWith("ports ")) {
                    String[] words = line.split(" ", -1);
                    ports.complete(new int[] {Integer.parseInt(words[1]), Integer.parseInt(words[2])});
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
