/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sources of all modules as text: width of lines, length of classes, one name for one thing. */
class SourceShapeTest {
    private static final int WIDTH = 120;
    private static final int LENGTH = 300;

    /** Longer by a reason that each says in its class doc; a bound all the same. */
    private static final Map<String, Integer> LONG_BY_REASON = Map.of("Setting", 420);

    private static final Pattern TYPE =
            Pattern.compile("^( *)(?:(?:public|protected|private|abstract|static|final|sealed|non-sealed) )*"
                    + "(?:class|interface|enum|record|@interface) (\\w+)");

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//[^\\n]*");
    /** As it is, or as an escape in a string. */
    private static final Pattern NOT_ASCII =
            Pattern.compile("[^\\x00-\\x7f].*|\"[^\"\\n]*\\\\u+(?!00[0-7])\\p{XDigit}{4}.*");

    @Test
    void noLineIsWiderThanAScreen() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path file : sources("*")) {
            // What a file, a page or a kernel says is quoted as it is.
            boolean quoted = false;
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!quoted && line.length() > WIDTH) {
                    wide.add(file + ":" + number);
                }
                quoted ^= line.split("\"\"\"", -1).length % 2 == 0;
            }
        }
        assertThat(wide).as("lines over " + WIDTH + " columns").isEmpty();
    }

    @Test
    void eachFileNamesItsLicence() throws IOException {
        List<String> without = new ArrayList<>();
        for (Path file : sources("*")) {
            if (!Files.readString(file)
                    .startsWith("/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: ")) {
                without.add(file.toString());
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void noClassIsLongerThanOneCanReadAtASitting() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources("main")) {
            List<String> lines = Files.readAllLines(file);
            int first = 0;
            while (first < lines.size() && !TYPE.matcher(lines.get(first)).find()) {
                first++;
            }
            String name = file.getFileName().toString().replace(".java", "");
            int length = lines.size() - first;
            if (length > LONG_BY_REASON.getOrDefault(name, LENGTH)) {
                tooLong.add(file + ": " + length);
            }
        }
        assertThat(tooLong).as("classes over " + LENGTH + " lines").isEmpty();
    }

    @Test
    void whoIsLongerSaysWhy() throws IOException {
        List<String> said = new ArrayList<>();
        for (Path file : sources("main")) {
            String name = file.getFileName().toString().replace(".java", "");
            if (LONG_BY_REASON.containsKey(name) && Files.readString(file).contains("<p>Longer than other classes: ")) {
                said.add(name);
            }
        }
        assertThat(said).containsExactlyInAnyOrderElementsOf(LONG_BY_REASON.keySet());
    }

    @Test
    void noNameStandsForTwoTypesOfTheLibrary() throws IOException {
        Map<String, List<String>> places = new TreeMap<>();
        for (Path file : sources("main")) {
            if (file.toString().contains("/examples/")
                    || file.getFileName().toString().contains("-")) {
                continue;
            }
            for (String line : Files.readAllLines(file)) {
                Matcher type = TYPE.matcher(line);
                if (type.find()) {
                    places.computeIfAbsent(type.group(2), n -> new ArrayList<>())
                            .add(file.toString());
                }
            }
        }
        places.values().removeIf(files -> files.size() == 1);
        assertThat(places).isEmpty();
    }

    /**
     * In a POSIX locale Java writes all but ASCII as question marks, to its log as to a terminal, and in a container
     * that locale is the rule.
     */
    @Test
    void whatPeopleAreToldIsPlainAscii() throws IOException {
        List<String> others = new ArrayList<>();
        for (Path file : sources("main")) {
            if (file.toString().contains("/examples/")) {
                continue;
            }
            String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
            NOT_ASCII.matcher(code).results().forEach(found -> others.add(file + ": " + found.group()));
        }
        Files.readString(Path.of("src", "main", "resources", "io", "tcpguard", "advisor", "rules.txt"))
                .lines()
                .filter(line -> !line.startsWith("#"))
                .filter(line -> NOT_ASCII.matcher(line).find())
                .forEach(others::add);
        assertThat(others).isEmpty();
    }

    /** @param kind main or test; *: both */
    private static List<Path> sources(String kind) throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        Path part = Path.of("src");
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> found = all.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .filter(path -> kind.equals("*") || path.toString().contains("/" + part.resolve(kind) + "/"))
                    .toList();
            assertThat(found).hasSizeGreaterThan(200);
            return found;
        }
    }
}
