/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lines of one rule, and what they mean. Refuses unknown keys, missing ones, and words that it does not know. */
final class RuleEntry {

    private static final Set<String> ONCE =
            Set.of("since", "until", "scope", "reads", "what", "here", "ok", "set", "risk", "source");
    private static final Set<String> OFTEN = Set.of("changed", "how");
    private static final String CASE = " if ";

    private record Line(int number, String key, StringBuilder text) {}

    private final String setting;
    private final int number;
    private final List<Line> lines = new ArrayList<>();

    RuleEntry(String setting, int number) {
        this.setting = setting;
        this.number = number;
    }

    void add(String line, int lineNumber) {
        if (line.startsWith(" ")) {
            continues(line.strip());
            return;
        }
        int colon = line.indexOf(": ");
        if (colon < 0) {
            throw wrong(lineNumber, line, "key: text");
        }
        lines.add(new Line(
                lineNumber,
                line.substring(0, colon),
                new StringBuilder(line.substring(colon + 2).strip())));
    }

    private void continues(String text) {
        if (lines.isEmpty()) {
            throw wrong(number, text, "a line to continue");
        }
        lines.get(lines.size() - 1).text.append(' ').append(text);
    }

    Rule rule() {
        checkKeys();
        boolean fact = Fact.named(setting).isPresent();
        if (!fact && !isSetting(setting)) {
            throw wrong(number, setting, "a kernel setting or a fact");
        }
        return new Rule(
                setting,
                version("since"),
                version("until"),
                all("changed"),
                word(Rule.RuleScope.class, "scope"),
                has("reads") ? word(Field.class, "reads") : Field.FIRST,
                one("what"),
                one("here"),
                cases(),
                has("ok") ? one("ok") : "nothing to do",
                target(),
                all("how"),
                one("risk"),
                one("source"));
    }

    private void checkKeys() {
        Set<String> seen = new HashSet<>();
        for (Line line : lines) {
            boolean known = ONCE.contains(line.key) || OFTEN.contains(line.key) || line.key.contains(CASE);
            if (!known) {
                throw wrong(line.number, line.key, "one of " + ONCE + OFTEN + " or 'JUDGEMENT if ...'");
            }
            if (ONCE.contains(line.key) && !seen.add(line.key)) {
                throw wrong(line.number, line.key, "once");
            }
        }
    }

    private List<Rule.Case> cases() {
        List<Rule.Case> cases = new ArrayList<>();
        for (Line line : lines) {
            int at = line.key.indexOf(CASE);
            if (at >= 0) {
                Judgement judgement = word(Judgement.class, line.key.substring(0, at), line.number);
                List<Condition> conditions = new ArrayList<>();
                for (String text : line.key.substring(at + CASE.length()).split(" and ", -1)) {
                    conditions.add(condition(text, line.number));
                }
                cases.add(new Rule.Case(judgement, conditions, line.text.toString()));
            }
        }
        return cases;
    }

    private Condition condition(String text, int at) {
        String[] words = text.split(" ", -1);
        int middle = 1;
        while (middle < words.length && Comparison.named(words[middle]).isEmpty()) {
            middle++;
        }
        Optional<Comparison> comparison = middle < words.length ? Comparison.named(words[middle]) : Optional.empty();
        if (comparison.isEmpty()) {
            throw wrong(at, text, "LEFT below|above|is|isnt RIGHT");
        }
        return new Condition(
                term(Arrays.asList(words).subList(0, middle), at),
                comparison.get(),
                term(Arrays.asList(words).subList(middle + 1, words.length), at));
    }

    private Term term(List<String> words, int at) {
        if (words.size() == 2 && words.get(0).endsWith("%")) {
            int percent =
                    Integer.parseInt(words.get(0).substring(0, words.get(0).length() - 1));
            return new Term.Share(percent, term(words.subList(1, 2), at));
        }
        if (words.size() != 1) {
            throw wrong(at, String.join(" ", words), "one term, such as 128, value, asked, 50% net.core.somaxconn");
        }
        String word = words.get(0);
        if (word.equals("value")) {
            return new Term.Own();
        }
        if (word.matches("\\d+")) {
            return new Term.Constant(Long.parseLong(word), word);
        }
        Optional<KernelVersion> version = KernelVersion.parse(word);
        if (version.isPresent()) {
            return new Term.Constant(version.get().code(), word);
        }
        Optional<Fact> fact = Fact.named(word);
        if (fact.isPresent()) {
            return new Term.Known(fact.get());
        }
        if (isSetting(word)) {
            return new Term.Other(word);
        }
        throw wrong(at, word, "a number, a version, 'value', a fact or a setting");
    }

    private Target target() {
        if (!has("set")) {
            return new Target.Words();
        }
        String text = one("set");
        if (text.equals("default")) {
            return new Target.Kernels();
        }
        if (text.startsWith("\"") && text.endsWith("\"")) {
            return new Target.Text(text.substring(1, text.length() - 1));
        }
        List<Term> terms = new ArrayList<>();
        for (String term : text.split(" or ", -1)) {
            terms.add(term(Arrays.asList(term.split(" ", -1)), number));
        }
        return new Target.Largest(terms);
    }

    private @Nullable KernelVersion version(String key) {
        if (!has(key)) {
            return null;
        }
        return KernelVersion.parse(one(key)).orElseThrow(() -> wrong(number, one(key), "a version such as 4.12"));
    }

    private <E extends Enum<E>> E word(Class<E> type, String key) {
        return word(type, one(key), number);
    }

    private <E extends Enum<E>> E word(Class<E> type, String word, int at) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
                return constant;
            }
        }
        throw wrong(
                at, word, "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
    }

    private boolean has(String key) {
        return lines.stream().anyMatch(l -> l.key.equals(key));
    }

    private String one(String key) {
        return all(key).stream().findFirst().orElseThrow(() -> wrong(number, setting, "a line '" + key + ": ...'"));
    }

    private List<String> all(String key) {
        return lines.stream()
                .filter(l -> l.key.equals(key))
                .map(l -> l.text.toString())
                .toList();
    }

    private static boolean isSetting(String word) {
        return word.matches("(net|fs|kernel|vm)(\\.[a-z0-9_-]+)+");
    }

    private IllegalArgumentException wrong(int line, String found, String expected) {
        return new IllegalArgumentException(
                "rules, line " + line + " [" + setting + "]: " + found + " (expected: " + expected + ")");
    }
}
