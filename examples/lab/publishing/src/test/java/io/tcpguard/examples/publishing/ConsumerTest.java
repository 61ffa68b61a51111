/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A stranger's project, outside this tree, with a local repository of its own: imports the BOM, depends on one
 * published artifact, compiles, runs, and asks the health port. What it gets comes from the bundle, not from this
 * tree's classes.
 */
@Tag("release")
final class ConsumerTest {
    private static final Path REPOSITORY =
            Path.of("target/consumers-repository").toAbsolutePath();

    @TempDir
    Path project;

    /** One project. */
    record Consumer(String name, List<String> dependencies, String main) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Consumer> consumers() {
        List<Consumer> all = new ArrayList<>();
        all.add(new Consumer("core", List.of(tcpguard("core")), Mains.CORE));
        for (String tomcat : versions("tomcat.versions")) {
            all.add(new Consumer(
                    "Tomcat " + tomcat,
                    List.of(tcpguard("tomcat"), dependency("org.apache.tomcat.embed", "tomcat-embed-core", tomcat)),
                    Mains.TOMCAT));
        }
        for (String netty : versions("netty.versions")) {
            all.add(new Consumer(
                    "Netty " + netty,
                    List.of(tcpguard("netty"), dependency("io.netty", "netty-codec-http", netty)),
                    Mains.NETTY));
        }
        for (String boot : versions("boot.versions")) {
            for (String starter : List.of("web", "webflux")) {
                all.add(new Consumer(
                        "Boot " + boot + " " + starter,
                        List.of(
                                tcpguard("spring-boot-starter"),
                                dependency("org.springframework.boot", "spring-boot-starter-" + starter, boot)),
                        Mains.BOOT));
            }
        }
        return all.stream();
    }

    /** Nothing of ours from a run before. */
    @BeforeAll
    static void forgetUs() throws IOException {
        Path ours = REPOSITORY.resolve("io/tcpguard");
        if (Files.exists(ours)) {
            try (Stream<Path> files = Files.walk(ours)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("consumers")
    void compilesRunsAndBringsNothingElse(Consumer consumer) throws Exception {
        Files.writeString(project.resolve("pom.xml"), pom(consumer));
        Path source = Files.createDirectories(project.resolve("src/main/java/consumer"));
        Files.writeString(source.resolve("Main.java"), consumer.main());
        String plugin = "org.apache.maven.plugins:maven-dependency-plugin:" + property("dependency.plugin.version");
        run(
                project,
                300,
                "mvn",
                "-q",
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + REPOSITORY,
                "compile",
                plugin + ":tree",
                "-DoutputFile=tree.txt",
                plugin + ":build-classpath",
                "-Dmdep.outputFile=cp.txt");

        assertThat(broughtByUs(Files.readAllLines(project.resolve("tree.txt"))))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("io.tcpguard:") || line.startsWith("org.slf4j:slf4j-api:"));

        String dependencies = Files.readString(project.resolve("cp.txt")).trim();
        for (String jar : dependencies.split(File.pathSeparator, -1)) {
            if (jar.contains("/io/tcpguard/")) {
                String artifact =
                        Path.of(jar).getParent().getParent().getFileName().toString();
                assertThat(Path.of(jar)).hasSameBinaryContentAs(Bundle.file(artifact, ".jar"));
            }
        }
        assertThat(dependencies).contains("/io/tcpguard/tcpguard-core/").doesNotContain("/target/classes");

        String classPath = project.resolve("target/classes") + File.pathSeparator + dependencies;
        String out = run(project, 120, java(), "-cp", classPath, "consumer.Main");
        assertThat(out).contains("health: UP").contains("request: 200");

        if (!consumer.name().startsWith("Boot")) {
            String modular = run(
                    project,
                    120,
                    java(),
                    "--module-path",
                    dependencies,
                    "--add-modules",
                    "ALL-MODULE-PATH",
                    "-cp",
                    project.resolve("target/classes").toString(),
                    "consumer.Main");
            assertThat(modular)
                    .as("the same on the module path")
                    .contains("health: UP")
                    .contains("request: 200");
        }
    }

    /** Of {@code dependency:tree}, our artifacts and all that is below them; three characters are a level. */
    private static List<String> broughtByUs(List<String> tree) {
        List<String> brought = new ArrayList<>();
        boolean ours = false;
        for (String line : tree.subList(1, tree.size())) {
            String name = line.replaceFirst("^[^a-zA-Z]*", "");
            if (line.length() - name.length() == 3) {
                ours = name.startsWith("io.tcpguard:");
            }
            if (ours) {
                brought.add(name);
            }
        }
        return brought;
    }

    private static String tcpguard(String artifact) {
        return "<dependency><groupId>io.tcpguard</groupId><artifactId>tcpguard-" + artifact
                + "</artifactId></dependency>";
    }

    private static String dependency(String group, String artifact, String version) {
        return "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>"
                .formatted(group, artifact, version);
    }

    private static List<String> versions(String property) {
        return List.of(System.getProperty(property, "").trim().split(" +", -1)).stream()
                .filter(v -> !v.isEmpty())
                .toList();
    }

    /** What this machine has downloaded before is asked first, so that Central is asked for little. */
    private static String pom(Consumer consumer) {
        URI ordinary = Path.of(property("ordinary.repository")).toUri();
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>consumer</groupId><artifactId>consumer</artifactId><version>1</version>
                  <properties>
                    <maven.compiler.release>17</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <repositories>
                    <repository><id>bundle</id><url>%s</url><snapshots><enabled>true</enabled></snapshots></repository>
                    <repository><id>ordinary</id><url>%s</url><snapshots><enabled>false</enabled></snapshots></repository>
                  </repositories>
                  <pluginRepositories><pluginRepository>
                    <id>ordinary</id><url>%s</url><snapshots><enabled>false</enabled></snapshots>
                  </pluginRepository></pluginRepositories>
                  <build><pluginManagement><plugins><plugin>
                    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-compiler-plugin</artifactId>
                    <version>%s</version>
                  </plugin></plugins></pluginManagement></build>
                  <dependencyManagement><dependencies><dependency>
                    <groupId>io.tcpguard</groupId><artifactId>tcpguard-bom</artifactId><version>%s</version>
                    <type>pom</type><scope>import</scope>
                  </dependency></dependencies></dependencyManagement>
                  <dependencies>%s</dependencies>
                </project>
                """
                .formatted(
                        Bundle.DIRECTORY.toAbsolutePath().toUri(),
                        ordinary,
                        ordinary,
                        property("compiler.plugin.version"),
                        Bundle.VERSION,
                        String.join("\n", consumer.dependencies()));
    }

    private static String property(String name) {
        return requireNonNull(System.getProperty(name), name);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String run(Path directory, int seconds, String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                    .as("%s ends", List.of(command))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(out, UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
