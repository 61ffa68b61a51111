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
import org.junit.jupiter.api.Test;

/** The README's table of what tcpguard is tested with is made from what the modules' tests run: see {@link Golden}. */
class CompatibilityTest {
    private static final Path README = Path.of("../README.md");

    @Test
    void isSaidAsTheTestsHaveIt() throws IOException {
        String text = Files.readString(README);
        for (String row : List.of(tomcat(), netty(), boot())) {
            String name = row.substring(0, row.indexOf('|', 1) + 1);
            text = Pattern.compile("(?m)^" + Pattern.quote(name) + ".*$")
                    .matcher(text)
                    .replaceFirst(Matcher.quoteReplacement(row));
            assertThat(text).contains(row);
        }
        Golden.check(README, text);
    }

    /** What {@code EveryTomcatTest} starts. */
    private static String tomcat() throws IOException {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        Pattern.compile("<outputDirectory>\\$\\{project.build.directory}/tomcats/([0-9.]+)<")
                .matcher(Files.readString(Path.of("../tcpguard-tomcat/pom.xml")))
                .results()
                .forEach(found -> lines.computeIfAbsent(
                                found.group(1).substring(0, found.group(1).lastIndexOf('.')), line -> new ArrayList<>())
                        .add(found.group(1)));
        return "| Tomcat | "
                + String.join(
                        "; ",
                        lines.values().stream().map(l -> String.join(", ", l)).toList()) + " |";
    }

    private static String netty() throws IOException {
        return "| Netty | " + property("netty.version").replace(".Final", "") + ", "
                + property("netty42.version").replace(".Final", "") + " (NIO, epoll; io_uring on 4.2) |";
    }

    private static String boot() throws IOException {
        return "| Spring Boot | " + property("boot3.version") + ", " + property("boot4.version") + " |";
    }

    private static String property(String name) throws IOException {
        return Pattern.compile("<" + Pattern.quote(name) + ">([^<]+)<")
                .matcher(Files.readString(Path.of("../pom.xml")))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }
}
