/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies one rule to one machine: the first case whose conditions all hold decides, else it is fine. What is not known
 * here decides nothing, and the finding names it. Immutable.
 */
final class Judge {

    private final Machine machine;

    Judge(Machine machine) {
        this.machine = machine;
    }

    Finding judge(Rule rule) {
        Optional<String> absence = Presence.absence(rule, machine);
        if (absence.isPresent()) {
            return finding(rule, Judgement.NOT_APPLICABLE, absence.get(), "", List.of());
        }
        OptionalLong number = Value.number(rule, machine);
        if (number.isEmpty()) {
            return finding(
                    rule, Judgement.NOT_APPLICABLE, "its value is not the number that was expected", "", List.of());
        }
        return judge(rule, number.getAsLong());
    }

    private Finding judge(Rule rule, long own) {
        Set<String> unknown = new LinkedHashSet<>();
        for (Rule.Case candidate : rule.cases()) {
            switch (answer(candidate, own, unknown)) {
                case YES -> {
                    return finding(
                            rule,
                            candidate.judgement(),
                            fill(candidate.message(), rule),
                            fill(rule.here(), rule),
                            candidate.judgement().atLeast(Judgement.ADVISE) ? Remedy.of(rule, machine) : List.of());
                }
                case NO, UNKNOWN -> {}
            }
        }
        String message = fill(rule.ok(), rule);
        return finding(
                rule,
                Judgement.OK,
                unknown.isEmpty()
                        ? message
                        : message + " (as far as known; unknown here: " + String.join(", ", unknown) + ")",
                fill(rule.here(), rule),
                List.of());
    }

    /** All conditions must hold. A no settles it, whatever else is not known. */
    private Condition.Answer answer(Rule.Case candidate, long own, Set<String> unknown) {
        @Nullable Term blind = null;
        for (Condition condition : candidate.conditions()) {
            switch (condition.on(machine, own)) {
                case NO -> {
                    return Condition.Answer.NO;
                }
                case UNKNOWN -> blind = blind == null ? condition.unknown(machine, own) : blind;
                case YES -> {}
            }
        }
        if (blind == null) {
            return Condition.Answer.YES;
        }
        unknown.add(blind.words());
        return Condition.Answer.UNKNOWN;
    }

    private Finding finding(Rule rule, Judgement judgement, String message, String meaning, List<String> remedy) {
        return new Finding(
                rule.setting(),
                judgement,
                Value.of(rule, machine).orElse(""),
                message,
                meaning,
                remedy,
                rule.history(),
                rule.risk(),
                rule.source());
    }

    private String fill(String text, Rule rule) {
        return new Template(text).on(rule, machine);
    }
}
