/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.testkit.JavaChild;
import io.tcpguard.testkit.OutputChild;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A child JVM with a hard limit of descriptors: any server that logs its ports, or prints them. */
final class ChildServer extends OutputChild {
    private static final Pattern READY = Pattern.compile("^ports (-?[0-9]+) (-?[0-9]+)$|Server startup in");
    private static final Pattern HEALTH = Pattern.compile("Health is told on .*:([0-9]+)");
    private static final Pattern CONNECTOR = Pattern.compile("Starting ProtocolHandler .*-([0-9]+)\"");

    private final int descriptors;
    private final Path temp;

    ChildServer(int descriptors, String... arguments) throws IOException {
        this(descriptors, commandLine(System.getProperty("java.class.path"), arguments));
    }

    /** Logs the ports of its one connector and of its health listener, or prints them. */
    ChildServer(int descriptors, List<String> commandLine) throws IOException {
        this(descriptors, commandLine, Files.createTempDirectory("child-server"));
    }

    private ChildServer(int descriptors, List<String> commandLine, Path temp) throws IOException {
        super(command(descriptors, commandLine, temp));
        this.descriptors = descriptors;
        this.temp = temp;
    }

    private static List<String> command(int descriptors, List<String> commandLine, Path temp) {
        List<String> command = new ArrayList<>(JavaChild.limited(descriptors));
        command.addAll(List.of(
                JavaChild.java(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temp));
        command.addAll(commandLine);
        return command;
    }

    /** The same classes with the jars of another Tomcat. */
    static ChildServer onTomcat(Path jars, int descriptors, String... arguments) throws IOException {
        String others = classPath(entry -> !entry.contains("tomcat-embed") && !entry.contains("tomcat-annotations"));
        return new ChildServer(descriptors, commandLine(others + File.pathSeparator + jars.resolve("*"), arguments));
    }

    /** With the jars that it needs and no others: each is an open descriptor. */
    static ChildServer lean(int descriptors, String... arguments) throws IOException {
        String needed = "tomcat-(embed-core|annotations-api)-.*|slf4j-api-.*|tcpguard-.*";
        String path = classPath(entry -> !entry.endsWith(".jar")
                || Path.of(entry).getFileName().toString().matches(needed));
        return new ChildServer(descriptors, commandLine(path, arguments));
    }

    private static String classPath(Predicate<String> kept) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(kept)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** @param arguments {@link ServerMain}'s, and options of the JVM */
    private static List<String> commandLine(String classPath, String... arguments) {
        List<String> line = new ArrayList<>(List.of("-cp", classPath));
        Stream.of(arguments).filter(argument -> argument.startsWith("-")).forEach(line::add);
        line.add(ServerMain.class.getName());
        Stream.of(arguments).filter(argument -> !argument.startsWith("-")).forEach(line::add);
        return line;
    }

    int port() {
        return port(1, CONNECTOR);
    }

    int healthPort() {
        return port(2, HEALTH);
    }

    private int port(int printed, Pattern logged) {
        Matcher ready = awaitSaid(READY);
        return ready.group(printed) == null ? lastNumber(logged) : Integer.parseInt(ready.group(printed));
    }

    int descriptorLimit() {
        return descriptors;
    }

    /** What it wrote about accepts that failed. */
    List<String> acceptErrors() {
        return output().stream()
                .filter(line -> line.contains("Too many open files") || line.contains("Socket accept failed"))
                .toList();
    }

    @Override
    public void close() throws IOException {
        super.close();
        Scratch.delete(temp);
    }
}
