/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Comparator;
import java.util.List;

/**
 * The judgement of a machine's kernel settings and limits by the rules of {@code docs/reference/advisor.md}. Changes
 * nothing.
 */
public final class Advisor {

    private static final RuleBook RULES = RuleBook.standard();

    private Advisor() {}

    /**
     * One finding for each rule, what matters most first; rules that say nothing here come last and say why. Never
     * throws because of what the machine looks like. Any thread.
     */
    public static List<Finding> examine(Machine machine) {
        Judge judge = new Judge(machine);
        return RULES.all().stream()
                .map(judge::judge)
                .sorted(Comparator.comparing(Finding::judgement).reversed())
                .toList();
    }
}
