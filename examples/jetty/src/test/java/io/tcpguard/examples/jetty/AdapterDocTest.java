/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The lines in the documentation are those that are compiled here, and no others. */
class AdapterDocTest {
    private static final Pattern IN_SOURCE =
            Pattern.compile(" *// tag::(\\w+)\\[]\\n(.*?) *// end::\\1\\[]", Pattern.DOTALL);
    private static final Pattern IN_DOC = Pattern.compile("<!-- (\\w+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void showsTheLinesOfThisAdapter() throws IOException {
        Map<String, String> compiled = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                for (MatchResult tag : all(IN_SOURCE, Files.readString(file))) {
                    compiled.put(tag.group(1), tag.group(2).stripTrailing().stripIndent() + "\n");
                }
            }
        }
        String doc = Files.readString(Path.of("../../docs/how-to/adapter.md"));
        Map<String, String> shown = new TreeMap<>();
        for (MatchResult snippet : all(IN_DOC, doc)) {
            shown.put(snippet.group(1), snippet.group(2));
        }

        assertThat(shown).hasSizeGreaterThan(5).isEqualTo(compiled);
        assertThat(doc.split("```java", -1)).as("each is held").hasSize(shown.size() + 1);
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
