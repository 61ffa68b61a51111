/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.war;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Tomcat in a JVM of its own, seen from outside: its output, its descriptors, its sockets. */
final class Container implements AutoCloseable {
    private static final Pattern PORT =
            Pattern.compile("port ([0-9]+), application|Starting ProtocolHandler .*-([0-9]+)\"");
    private static final Pattern HEALTH = Pattern.compile("Health is told on .*:([0-9]+)");

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();

    Container(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                // The example's own port may be taken here.
                "-Dtcpguard.healthPort=0"));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::readOutput, "output of the container");
        reader.setDaemon(true);
        reader.start();
    }

    private void readOutput() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add("output ended: " + e);
        }
    }

    List<String> output() {
        return output;
    }

    boolean said(String text) {
        return output.stream().anyMatch(line -> line.contains(text));
    }

    void awaitSaid(String text) throws InterruptedException {
        await(text, () -> said(text) || !process.isAlive());
        if (!said(text)) {
            throw new AssertionError("ended without \"" + text + "\": " + output);
        }
    }

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("never came true: " + what + "; " + output);
            }
            Thread.sleep(10);
        }
    }

    void tell(char command) throws IOException {
        process.getOutputStream().write(command);
        process.getOutputStream().flush();
    }

    int port() {
        return last(PORT);
    }

    /** Of the health listener opened last. */
    int healthPort() {
        return last(HEALTH);
    }

    private int last(Pattern pattern) {
        int found = -1;
        for (String line : output) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                found = Integer.parseInt(
                        matcher.groupCount() > 1 && matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
        }
        return found;
    }

    long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            return open.count();
        }
    }

    /** First line of the answer on a connection of its own; what went wrong, if there is none. */
    static String ask(int port) {
        try (Socket socket = connect(port)) {
            request(socket, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            return answer(socket);
        } catch (IOException e) {
            return "no answer: " + e;
        }
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    static void request(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\r'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** SIGTERM, and waits. */
    void terminate() throws InterruptedException {
        // Not Process.destroy(), which closes the pipe: what it says while it stops counts.
        process.toHandle().destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("does not stop: " + output);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            process.getOutputStream().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
