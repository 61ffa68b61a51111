/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All rules, read from {@code rules.txt} beside this class. A text and not code, so that an operator can read, question
 * and extend it; the parser is strict and a test reads the whole file, so that a slip fails the build and not a start.
 */
final class RuleBook {

    private static final String FILE = "rules.txt";

    private final Map<String, Rule> rules = new LinkedHashMap<>();

    private RuleBook(List<Rule> all) {
        for (Rule rule : all) {
            if (rules.put(rule.setting(), rule) != null) {
                throw new IllegalArgumentException(rule.setting() + " stands in the rules twice");
            }
        }
    }

    /**
     * The rules that come with this jar.
     *
     * @throws IllegalArgumentException naming line and trouble
     */
    static RuleBook standard() {
        try (InputStream in = RuleBook.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the jar");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The rules in a text. An entry begins with {@code [setting]}; each line after it is {@code key: text}, one that
     * begins with a blank continues the one before, and one that begins with # is a remark.
     */
    static RuleBook parse(String text) {
        List<RuleEntry> entries = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[") && line.endsWith("]")) {
                entries.add(new RuleEntry(line.substring(1, line.length() - 1), number));
            } else if (entries.isEmpty()) {
                throw new IllegalArgumentException("line " + number + ": " + line + " (expected: [setting])");
            } else {
                entries.get(entries.size() - 1).add(line, number);
            }
        }
        return new RuleBook(entries.stream().map(RuleEntry::rule).toList());
    }

    /** In the order of the file, which is the order of the reports. */
    List<Rule> all() {
        return List.copyOf(rules.values());
    }
}
