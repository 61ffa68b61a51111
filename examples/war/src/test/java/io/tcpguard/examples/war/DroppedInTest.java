/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.war;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Wire;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are counted as Linux does")
class DroppedInTest {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path WAR = Path.of(System.getProperty("example.war"));

    private static Container embedded(String version, String... options) throws IOException {
        return embedded(version, WAR, options);
    }

    private static Container embedded(String version, Path war, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(options));
        String classes = TARGET.resolve("test-classes").toString();
        arguments.addAll(List.of(
                "-cp",
                classes + File.pathSeparator + TARGET.resolve("tomcats").resolve(version) + "/*",
                EmbeddedMain.class.getName(),
                war.toString()));
        return new Container(arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.0.124", "11.0.29"})
    void guardsATomcatThatKnowsNothingOfItAndSaysWhatItCanNotDo(String version) throws Exception {
        try (Container tomcat = embedded(version)) {
            tomcat.awaitSaid("application STARTED");
            tomcat.await("healthy", () -> tomcat.healthIs("200"));
            assertThat(tomcat.answers("200")).isTrue();
            assertThat(tomcat.output().stream().filter(line -> line.contains(": active: ")))
                    .hasSize(1)
                    .allMatch(line -> line.contains("Not active: refusal at accept"));
            shedsRequestsThatWaitTooLong(tomcat);
            assertThat(tomcat.output())
                    .noneMatch(line -> line.contains("SEVERE") || line.contains("NoClassDefFoundError"));
        }
    }

    /** The one worker is kept busy by a request whose body never comes. */
    private static void shedsRequestsThatWaitTooLong(Container tomcat) throws Exception {
        try (Socket waiting = Wire.connect(tomcat.port())) {
            try (Socket blocking = Wire.connect(tomcat.port())) {
                Wire.send(blocking, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
                assertThat(status(blocking)).startsWith("HTTP/1.1 ");
                tomcat.await("health down", () -> tomcat.healthIs("503"));
                Wire.send(waiting, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                tomcat.await("told", () -> tomcat.said("health DOWN"));
            }
            assertThat(status(waiting)).startsWith("HTTP/1.1 503");
        }
        tomcat.await("served again", () -> tomcat.answers("200"));
    }

    private static String status(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.0.124", "11.0.29"})
    void leavesNothingBehindAfterTenReloadsAndAStop(String version) throws Exception {
        try (Container tomcat = embedded(version)) {
            tomcat.awaitSaid("application STARTED");
            reload(tomcat, 1);
            int descriptors = tomcat.openDescriptors();
            for (int i = 2; i <= 10; i++) {
                reload(tomcat, i);
            }
            tomcat.send('l');
            tomcat.awaitSaid("loaders left 0, threads 4, valves 2, listeners");
            assertThat(tomcat.openDescriptors()).isLessThanOrEqualTo(descriptors + 2);
            tomcat.send('s');
            tomcat.awaitSaid("application stopped");
            tomcat.send('l');
            tomcat.awaitSaid("loaders left 0, threads 0, valves 1, listeners 0");
            assertThat(tomcat.output())
                    .noneMatch(line -> line.contains("SEVERE") || line.contains("failed to stop it"));
        }
    }

    /** Its server stops accepting there, and nobody asks the guard: what can be done is to say so. */
    @ParameterizedTest
    @ValueSource(strings = {"9.0.124", "11.0.29"})
    void saysThatItsServerHoldsAsManyConnectionsAsItMayUntilItDoesNot(String version) throws Exception {
        String full = " is at 200 of 200 connections: as many connections as its server allows";
        List<Socket> clients = new ArrayList<>();
        try (Container tomcat = embedded(version, "-DmaxConnections=200")) {
            tomcat.awaitSaid("application STARTED");
            tomcat.await("healthy", () -> tomcat.healthIs("200"));
            for (int i = 0; i < 200; i++) {
                clients.add(asks(tomcat));
                assertThat(status(clients.get(i))).startsWith("HTTP/1.1 200");
            }
            Socket newcomer = asks(tomcat);
            clients.add(newcomer);
            tomcat.await("said", () -> tomcat.said("NORMAL -> ELEVATED, health up") && tomcat.said(full));
            tomcat.awaitSaid("slots for connections: 200 by the server's maxConnections");
            assertThat(tomcat.details())
                    .startsWith("HTTP/1.1 200")
                    .containsPattern("\nUP \\d+ ELEVATED\nleading: CONNECTIONS\nreason: .* of http-nio-.*" + full)
                    .contains("slots: 200 by the server's maxConnections");
            for (Socket idle : clients.subList(0, 60)) {
                idle.close();
            }
            assertThat(status(newcomer)).startsWith("HTTP/1.1 200");
            tomcat.awaitSaid("ELEVATED -> NORMAL");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static Socket asks(Container tomcat) throws IOException {
        Socket client = Wire.connect(tomcat.port());
        Wire.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return client;
    }

    private static void reload(Container tomcat, int times) throws Exception {
        tomcat.send('r');
        tomcat.awaitSaid("reloaded " + times);
        tomcat.await("healthy", () -> tomcat.healthIs("200"));
        assertThat(tomcat.answers("200")).isTrue();
    }

    @Test
    void keepsTheApplicationFromStartingForAWrongSettingAndNamesIt() throws Exception {
        try (Container tomcat = embedded("11.0.29", "-Dtcpguard.elevatedAt=much")) {
            tomcat.awaitSaid("elevatedAt=much (expected: ");
            tomcat.terminate();
            assertThat(tomcat.said("application STARTED")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "idleFloor, PT7S, minimum idle time 7000 ms",
        "idleFloor, 7s, minimum idle time 7000 ms",
        "queueWait, 300, queue wait 300 ms",
        "elevatedAt, much, elevatedAt=much",
        "helthPort, 0, There is no setting helthPort",
        "allow, 10.1, allow=10.1"
    })
    void takesOrRefusesContextParametersAndNamesThem(String name, String value, String said, @TempDir Path directory)
            throws Exception {
        Path war = copy(directory);
        Files.writeString(
                war.resolve("WEB-INF/web.xml"),
                """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <context-param>
                    <param-name>tcpguard.%s</param-name>
                    <param-value>%s</param-value>
                  </context-param>
                </web-app>
                """
                        .formatted(name, value));
        try (Container tomcat = embedded("11.0.29", war)) {
            tomcat.awaitSaid(said);
            if (said.contains("time") || said.contains("wait")) {
                tomcat.awaitSaid("application STARTED");
            } else {
                assertThat(tomcat.output())
                        .anyMatch(line -> line.contains(said) && line.contains("Context parameters"));
                assertThat(tomcat.said("application STARTED")).isFalse();
            }
        }
    }

    private static Path copy(Path directory) throws IOException {
        try (var files = Files.walk(WAR)) {
            for (Path file : files.toList()) {
                Path target =
                        directory.resolve("war").resolve(WAR.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return directory.resolve("war");
    }

    @Test
    void isNotThereWhenSwitchedOff() throws Exception {
        try (Container tomcat = embedded("11.0.29", "-Dtcpguard.enabled=false")) {
            tomcat.awaitSaid("application STARTED");
            assertThat(tomcat.answers("200")).isTrue();
            tomcat.send('l');
            tomcat.awaitSaid("threads 0, valves 1");
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"10.1", "11.0"})
    void guardsTheDistributionItIsDeployedTo(String line, @TempDir Path base) throws Exception {
        Path home = distribution(line);
        for (String name : List.of("conf", "logs", "temp", "webapps", "lib")) {
            Files.createDirectories(base.resolve(name));
        }
        Files.copy(home.resolve("conf/web.xml"), base.resolve("conf/web.xml"));
        Files.copy(WAR.resolveSibling(WAR.getFileName() + ".war"), base.resolve("webapps/ROOT.war"));
        Files.writeString(
                base.resolve("conf/server.xml"),
                """
                <Server port="-1" shutdown="SHUTDOWN">
                  <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener" />
                  <Service name="Catalina">
                    <Connector port="0" protocol="HTTP/1.1" maxThreads="1" minSpareThreads="1" />
                    <Engine name="Catalina" defaultHost="localhost">
                      <Host name="localhost" appBase="webapps" />
                    </Engine>
                  </Service>
                </Server>
                """);
        try (Container tomcat = new Container(List.of(
                "-Dcatalina.home=" + home,
                "-Dcatalina.base=" + base,
                "-Djava.io.tmpdir=" + base.resolve("temp"),
                "-cp",
                home.resolve("bin/bootstrap.jar") + File.pathSeparator + home.resolve("bin/tomcat-juli.jar"),
                "org.apache.catalina.startup.Bootstrap",
                "start"))) {
            tomcat.awaitSaid("Server startup in");
            tomcat.await("healthy", () -> tomcat.healthIs("200"));
            assertThat(tomcat.answers("200")).isTrue();
            assertThat(tomcat.output().stream().filter(said -> said.contains(": active: ")))
                    .hasSize(1)
                    .allMatch(said -> said.contains("Not active: refusal at accept"));
            shedsRequestsThatWaitTooLong(tomcat);
            tomcat.terminate();
            assertThat(tomcat.output())
                    .noneMatch(said -> said.contains("SEVERE")
                            || said.contains("failed to stop it")
                            || said.contains("NoClassDefFoundError"));
        }
    }

    private static Path distribution(String line) throws IOException {
        Path unpacked = TARGET.resolve("standalone");
        Assumptions.assumeTrue(Files.isDirectory(unpacked), "no Tomcat unpacked in " + unpacked + ": run with -Plong");
        try (var found = Files.list(unpacked)) {
            return found.filter(path -> path.getFileName().toString().startsWith("apache-tomcat-" + line))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
