/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's table of what tcpguard is tested with is made from what the modules' tests run: see {@link Golden}. */
class CompatibilityTest {
    private static final Path README = Path.of("../README.md");

    @Test
    void isSaidAsTheTestsHaveIt() throws IOException {
        String text = Files.readString(README);
        for (String row : List.of(java(), tomcat(), netty(), boot())) {
            String name = row.substring(0, row.indexOf('|', 1) + 1);
            text = Pattern.compile("(?m)^" + Pattern.quote(name) + ".*$")
                    .matcher(text)
                    .replaceFirst(Matcher.quoteReplacement(row));
            assertThat(text).contains(row);
        }
        Golden.check(README, text);
    }

    @Test
    void theTomcatsAreThoseThatATestStarts() throws IOException {
        String test =
                Files.readString(Path.of("../tcpguard-tomcat/src/test/java/io/tcpguard/tomcat/EveryTomcatTest.java"));
        assertThat(tomcats()).allSatisfy(version -> assertThat(test).contains("\"" + version + "\""));
    }

    @Test
    void theBadgeNamesTheLowestJava() throws IOException {
        assertThat(Files.readString(README)).contains("badge/Java-" + property("maven.compiler.release") + "%2B");
    }

    @Test
    void eachPublicPackageSaysSinceWhen() throws IOException {
        for (String module : List.of("core", "tomcat", "netty", "spring-boot-starter")) {
            try (Stream<Path> files = Files.walk(Path.of("../tcpguard-" + module + "/src/main/java"))) {
                for (Path file : files.filter(f ->
                                f.endsWith("package-info.java") && !f.toString().contains("/internal/"))
                        .toList()) {
                    assertThat(Files.readString(file)).as(file.toString()).contains("@since ");
                }
            }
        }
    }

    /** What CI's machine has of these is in the table by hand: no test can know it. */
    private static String java() throws IOException {
        String newer =
                find("../.ci/run", "(?m)^for version in ([0-9 ]+); do$").get(0).replace(" ", " and ");
        return "| Java | " + property("maven.compiler.release") + "; " + newer + " where CI finds them, 25 so far |";
    }

    /** What {@code EveryTomcatTest} starts. */
    private static String tomcat() throws IOException {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        for (String version : tomcats()) {
            lines.computeIfAbsent(version.substring(0, version.lastIndexOf('.')), line -> new ArrayList<>())
                    .add(version);
        }
        return "| Tomcat | "
                + String.join(
                        "; ",
                        lines.values().stream().map(l -> String.join(", ", l)).toList()) + " |";
    }

    private static List<String> tomcats() throws IOException {
        return find("../tcpguard-tomcat/pom.xml", "<outputDirectory>\\$\\{project.build.directory}/tomcats/([0-9.]+)<");
    }

    private static String netty() throws IOException {
        return "| Netty | " + property("netty.version").replace(".Final", "") + ", "
                + property("netty42.version").replace(".Final", "") + " (NIO, epoll; io_uring on 4.2) |";
    }

    private static String boot() throws IOException {
        return "| Spring Boot | " + property("boot3.version") + ", " + property("boot4.version") + " |";
    }

    private static String property(String name) throws IOException {
        return find("../pom.xml", "<" + Pattern.quote(name) + ">([^<]+)<").get(0);
    }

    private static List<String> find(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
