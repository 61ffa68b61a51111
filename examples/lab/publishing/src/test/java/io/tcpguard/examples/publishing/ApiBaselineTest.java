/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What profile japicmp of this tree says of a project of one class, with and without a released version of it. */
@Tag("release")
final class ApiBaselineTest {
    private static final Path ROOT = Path.of("../../../pom.xml");
    private static final String REQUIRED = "-Dapi.baseline.optional=false";

    private static final Path REPOSITORY = Path.of("target/baseline-repository").toAbsolutePath();

    @TempDir
    private Path project;

    private boolean succeeded;

    @Test
    void withoutABaselineBeforeTheFirstReleaseItWarnsAndPasses() throws Exception {
        write("unreleased", "0.2.0");
        String out = compare();

        assertThat(succeeded).as(out).isTrue();
        assertThat(out)
                .contains("Version 0.1.0 is not released yet: what can't be had of it is compared with nothing.")
                .contains("PublicApiTest holds it")
                .contains("Could not resolve dependency with descriptor 'stranger:unreleased:0.1.0'");
    }

    @Test
    void withoutABaselineAfterwardsItFailsAndNamesWhatIsMissing() throws Exception {
        write("missing", "0.2.0");
        String out = compare(REQUIRED);

        assertThat(succeeded).as(out).isFalse();
        assertThat(out).contains("stranger:missing:jar:0.1.0").doesNotContain("is not released yet");
    }

    @Test
    void againstABaselineAnAdditionPassesAndARemovalFails() throws Exception {
        write("released", "0.1.0");
        mvn("install");
        assertThat(succeeded).isTrue();
        write("released", "0.2.0");
        api("public void one() {} public void two() {} public void three() {}");
        String added = compare(REQUIRED);
        assertThat(succeeded).as(added).isTrue();

        api("public void one() {}");
        String removed = compare(REQUIRED);
        assertThat(succeeded).as(removed).isFalse();
        assertThat(removed).contains("stranger.Api.two():METHOD_REMOVED");
    }

    private void write(String artifact, String version) throws IOException {
        Files.writeString(project.resolve("pom.xml"), pom(artifact, version));
        api("public void one() {} public void two() {}");
    }

    private void api(String methods) throws IOException {
        Path source = Files.createDirectories(project.resolve("src/main/java/stranger"));
        Files.writeString(source.resolve("Api.java"), "package stranger; public class Api { " + methods + " }");
    }

    private String compare(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-Pjapicmp"));
        arguments.addAll(List.of(more));
        arguments.add("verify");
        return mvn(arguments.toArray(String[]::new));
    }

    /** With a local repository of its own, filled from the ordinary one, or from Central with what is not there. */
    private String mvn(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-ntp", "-Dmaven.test.skip=true"));
        command.add("-Dmaven.repo.local=" + REPOSITORY);
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(project, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        succeeded = process.exitValue() == 0;
        return Files.readString(out);
    }

    private static String pom(String artifact, String version) throws IOException {
        String root = Files.readString(ROOT);
        String plugins = Stream.of("compiler", "jar", "resources", "install", "surefire", "enforcer")
                .map(name -> "<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-" + name
                        + "-plugin</artifactId><version>"
                        + property(root, name.equals("surefire") ? "surefire.version" : name + ".plugin.version")
                        + "</version></plugin>")
                .collect(Collectors.joining());
        String ordinary = Path.of(requireNonNull(System.getProperty("ordinary.repository")))
                .toUri()
                .toString();
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>stranger</groupId><artifactId>%s</artifactId><version>%s</version>
                  <properties>
                    <maven.compiler.release>17</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                    <maven.deploy.skip>false</maven.deploy.skip>
                    <japicmp.plugin.version>%s</japicmp.plugin.version>
                  </properties>
                  <repositories>
                    <repository><id>ordinary</id><url>%s</url></repository>
                  </repositories>
                  <pluginRepositories>
                    <pluginRepository><id>ordinary</id><url>%s</url></pluginRepository>
                  </pluginRepositories>
                  <build><pluginManagement><plugins>%s</plugins></pluginManagement></build>
                  <profiles>%s</profiles>
                </project>
                """
                .formatted(
                        artifact,
                        version,
                        property(root, "japicmp.plugin.version"),
                        ordinary,
                        ordinary,
                        plugins,
                        japicmp(root));
    }

    /** The profile as it is in this tree's pom. */
    private static String japicmp(String root) {
        int id = root.indexOf("<id>japicmp</id>");
        return root.substring(root.lastIndexOf("<profile>", id), root.indexOf("</profile>", id) + 10);
    }

    private static String property(String root, String name) {
        Matcher found = Pattern.compile("<" + Pattern.quote(name) + ">([^<]+)<").matcher(root);
        assertThat(found.find()).as(name).isTrue();
        return found.group(1);
    }
}
