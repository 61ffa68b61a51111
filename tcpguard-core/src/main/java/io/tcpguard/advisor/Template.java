/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text of a rule with {names} in it: value, set, listeners, any fact, any setting. What is not known reads "unknown",
 * an empty file "none".
 */
record Template(String text) {

    static final Pattern NAME = Pattern.compile("\\{([a-z0-9_.-]+)}");

    String on(Rule rule, Machine machine) {
        Matcher matcher = NAME.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(filled, Matcher.quoteReplacement(fill(matcher.group(1), rule, machine)));
        }
        return matcher.appendTail(filled).toString();
    }

    private static String fill(String name, Rule rule, Machine machine) {
        return switch (name) {
            case "value" -> Value.of(rule, machine).orElse("unknown");
            case "set" ->
                rule.target()
                        .on(machine, Value.number(rule, machine).orElse(0))
                        .orElse(rule.target().words());
            case "listeners" -> machine.listenersInWords();
            default -> named(name, machine).orElse("unknown");
        };
    }

    private static Optional<String> named(String name, Machine machine) {
        Optional<Fact> fact = Fact.named(name);
        if (fact.isEmpty()) {
            return machine.text(name).or(() -> machine.exists(name) ? Optional.of("none") : Optional.empty());
        }
        OptionalLong number = machine.fact(fact.get());
        return number.isPresent() ? Optional.of(Long.toString(number.getAsLong())) : Optional.empty();
    }
}
