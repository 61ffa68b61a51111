/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tomcat's distribution with a {@code server.xml} of two lines more than stock. */
@Tag("long")
class StandaloneTomcatTest {
    private static final Path UNPACKED = Path.of("target", "standalone").toAbsolutePath();

    private Path base;

    @BeforeEach
    void lay(@TempDir Path directory) throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(UNPACKED), "no Tomcat unpacked in " + UNPACKED + ": run with -Plong");
        base = directory;
        for (String name : List.of("conf", "logs", "temp", "webapps/ROOT", "lib")) {
            Files.createDirectories(base.resolve(name));
        }
        Files.copy(home().resolve("conf/web.xml"), base.resolve("conf/web.xml"));
        Files.writeString(base.resolve("conf/tomcat-users.xml"), "<tomcat-users/>");
        Files.writeString(base.resolve("webapps/ROOT/index.html"), "hello");
        Files.write(base.resolve("webapps/ROOT/file.bin"), new byte[1 << 20]);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path source = Path.of(entry);
            if (source.getFileName().toString().startsWith("slf4j")) {
                Files.copy(source, base.resolve("lib").resolve(source.getFileName()));
            } else if (isOurs(source)) {
                copyTree(source, base.resolve("lib"));
            } else if (source.getFileName().toString().startsWith("tcpguard-core")) {
                Files.copy(source, base.resolve("lib").resolve(source.getFileName()));
            }
        }
    }

    private static boolean isOurs(Path classes) {
        return Files.exists(classes.resolve("io/tcpguard/TcpGuard.class"))
                || Files.exists(classes.resolve("io/tcpguard/tomcat/TcpGuardListener.class"));
    }

    private static Path home() throws IOException {
        try (var found = Files.list(UNPACKED)) {
            return found.filter(path -> path.getFileName().toString().startsWith("apache-tomcat"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private ChildServer start(String listenerAttributes, String protocol) throws IOException {
        Files.writeString(
                base.resolve("conf/server.xml"),
                """
                <Server port="-1" shutdown="SHUTDOWN">
                  <Listener className="io.tcpguard.tomcat.TcpGuardListener" %s />
                  <Service name="Catalina">
                    <Connector port="0" protocol="%s" />
                    <Engine name="Catalina" defaultHost="localhost">
                      <Realm className="org.apache.catalina.realm.MemoryRealm" />
                      <Host name="localhost" appBase="webapps" />
                    </Engine>
                  </Service>
                </Server>
                """
                        .formatted(listenerAttributes, protocol));
        return new ChildServer(
                256,
                List.of(
                        "-Dcatalina.home=" + home(),
                        "-Dcatalina.base=" + base,
                        "-Djava.io.tmpdir=" + base.resolve("temp"),
                        "-cp",
                        home().resolve("bin/bootstrap.jar")
                                + File.pathSeparator
                                + home().resolve("bin/tomcat-juli.jar"),
                        "org.apache.catalina.startup.Bootstrap",
                        "start"));
    }

    @Test
    void guardsItselfWithOneListenerAndOneProtocol() throws Exception {
        try (ChildServer server =
                start("healthPort=\"0\" idleFloor=\"5s\"", GuardedHttp11NioProtocol.class.getName())) {
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/index.html")).startsWith("HTTP/1.1 200").endsWith("hello");
                assertThat(client.get("/file.bin")).hasSizeGreaterThan(1 << 20);
                assertThat(client.get("/index.html")).startsWith("HTTP/1.1 200");
            }
            assertThat(server.output())
                    .anyMatch(line -> line.contains("active: refusal at accept"))
                    .anyMatch(line -> line.contains("watches"));
            assertThat(server.output().stream().filter(line -> line.contains(": active: ")))
                    .hasSize(1);
            Await.until("healthy", () -> FloodTest.level(server).startsWith("HTTP/1.1 200"));
            FloodTest.floodAndLetGo(server, Abuse.SILENT, 400);
            assertThat(server.acceptErrors()).isEmpty();
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/index.html")).startsWith("HTTP/1.1 200");
            }
            server.terminate();
            assertThat(server.output()).noneMatch(line -> line.contains("SEVERE"));
        }
    }

    @Test
    void drainsInTomcatsOwnShutdownHook() throws Exception {
        try (ChildServer server =
                start("healthPort=\"0\" notice=\"2s\" finish=\"10s\"", GuardedHttp11NioProtocol.class.getName())) {
            Await.until("healthy", () -> FloodTest.level(server).startsWith("HTTP/1.1 200"));
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/index.html")).startsWith("HTTP/1.1 200");
                server.requestTermination();
                Await.until("health down", () -> FloodTest.level(server).startsWith("HTTP/1.1 503"));
                assertThat(client.get("/index.html")).startsWith("HTTP/1.1 200").endsWith("hello");
            }
            assertThat(server.ended()).isTrue();
            assertThat(server.output()).noneMatch(line -> line.contains("SEVERE"));
        }
    }

    @Test
    void saysWhatItCanNotDoForAConnectorWithTomcatsOwnProtocol() throws Exception {
        try (ChildServer server = start("healthPort=\"0\"", "HTTP/1.1")) {
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/index.html")).startsWith("HTTP/1.1 200");
            }
            assertThat(server.output())
                    .anyMatch(line -> line.contains("Not active: refusal at accept")
                            && line.contains(GuardedHttp11NioProtocol.class.getName()));
            assertThat(server.output().stream().filter(line -> line.contains(": active: ")))
                    .hasSize(1);
        }
    }

    @Test
    void isReadAndDrainedThroughManagersJmxProxy() throws Exception {
        copyTree(home().resolve("webapps/manager"), base.resolve("webapps/manager"));
        Files.writeString(
                base.resolve("conf/tomcat-users.xml"),
                "<tomcat-users><user username=\"o\" password=\"p\" roles=\"manager-jmx\"/></tomcat-users>");
        try (ChildServer server = start("healthPort=\"0\"", GuardedHttp11NioProtocol.class.getName())) {
            Await.until("healthy", () -> FloodTest.level(server).startsWith("HTTP/1.1 200"));
            assertThat(jmxProxy(server, "get=Catalina:type=TcpGuard&att=Level"))
                    .contains("OK - Attribute get 'Catalina:type=TcpGuard' - Level = NORMAL");
            assertThat(jmxProxy(server, "qry=Catalina:type=TcpGuard"))
                    .contains("DescriptorLimit: 256", "Draining: false", "ListenerConnections");

            assertThat(jmxProxy(server, "invoke=Catalina:type=TcpGuard&op=drain&ps=deployment"))
                    .contains("OK - Operation drain");
            Await.until("health down", () -> FloodTest.level(server).startsWith("HTTP/1.1 503"));
            assertThat(jmxProxy(server, "get=Catalina:type=TcpGuard&att=DrainReason"))
                    .contains("deployment");
            jmxProxy(server, "invoke=Catalina:type=TcpGuard&op=resume");
            Await.until("health up", () -> FloodTest.level(server).startsWith("HTTP/1.1 200"));
            server.terminate();
            assertThat(server.output()).noneMatch(line -> line.contains("SEVERE"));
        }
    }

    private static String jmxProxy(ChildServer server, String query) throws Exception {
        HttpURLConnection ask = (HttpURLConnection)
                new URL("http://127.0.0.1:" + server.port() + "/manager/jmxproxy/?" + query).openConnection();
        ask.setRequestProperty(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString("o:p".getBytes(StandardCharsets.US_ASCII)));
        try (InputStream in = ask.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void doesNotStartWithAWrongAttributeAndNamesIt() throws Exception {
        try (ChildServer server = start("helthPort=\"0\"", "HTTP/1.1")) {
            assertThat(server.ended()).isTrue();
            assertThat(server.output())
                    .anyMatch(line -> line.contains("There is no setting helthPort"))
                    .noneMatch(line -> line.contains("Server startup in"));
        }
    }
}
