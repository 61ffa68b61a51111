/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every relative link of every Markdown file of this repository leads somewhere. */
class MarkdownLinksTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("^[a-z]+:.*");
    private static final Pattern CODE = Pattern.compile("```.*?```", Pattern.DOTALL);

    @Test
    void leadToFilesAndHeadingsThatExist() throws IOException {
        List<Path> files = markdown();
        List<String> broken = new ArrayList<>();
        for (Path file : files) {
            Matcher link = LINK.matcher(CODE.matcher(Files.readString(file)).replaceAll(""));
            while (link.find()) {
                String target = link.group(1);
                if (!ELSEWHERE.matcher(target).matches() && !exists(file, target)) {
                    broken.add(ROOT.relativize(file) + " → " + target);
                }
            }
        }

        assertThat(files).hasSizeGreaterThan(5);
        assertThat(broken).isEmpty();
    }

    private static List<Path> markdown() throws IOException {
        List<Path> files = new ArrayList<>();
        collect(ROOT, 1, files);
        collect(ROOT.resolve("docs"), Integer.MAX_VALUE, files);
        collect(ROOT.resolve("examples"), Integer.MAX_VALUE, files);
        return files;
    }

    private static void collect(Path folder, int depth, List<Path> into) throws IOException {
        try (Stream<Path> all = Files.walk(folder, depth)) {
            all.filter(p -> p.toString().endsWith(".md")).forEach(into::add);
        }
    }

    private static boolean exists(Path file, String target) {
        int hash = target.indexOf('#');
        String name = hash < 0 ? target : target.substring(0, hash);
        Path to = name.isEmpty() ? file : file.resolveSibling(name).normalize();
        if (!Files.exists(to)) {
            return false;
        }
        return hash < 0 || !to.toString().endsWith(".md") || headings(to).contains(target.substring(hash + 1));
    }

    /** As GitHub makes anchors of headings: in small letters, blanks as dashes, without punctuation. */
    private static Set<String> headings(Path file) {
        try {
            return CODE.matcher(Files.readString(file))
                    .replaceAll("")
                    .lines()
                    .filter(l -> l.startsWith("#"))
                    .map(l -> l.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                    .map(l -> l.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
