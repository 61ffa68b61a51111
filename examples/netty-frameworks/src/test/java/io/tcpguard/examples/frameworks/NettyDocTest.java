/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines in the documentation are those that are compiled here. */
class NettyDocTest {
    private static final Path DOC = Path.of("..", "..", "docs", "how-to", "netty.md");
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "tcpguard", "examples", "frameworks");

    @ParameterizedTest
    @ValueSource(strings = {"ReactorNettyServer", "GuardedTransport", "VertxServer", "GrpcServer"})
    void showsTheLinesOfTheExample(String type) throws IOException {
        String source = Files.readString(SOURCES.resolve(type + ".java"));
        String lines = between(source, "// tag::guard[]\n", "// end::guard[]").stripIndent();

        assertThat(between(Files.readString(DOC), "<!-- " + type + " -->\n```java\n", "```"))
                .isEqualTo(lines.stripTrailing() + "\n");
    }

    private static String between(String text, String start, String end) {
        assertThat(text).contains(start);
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
