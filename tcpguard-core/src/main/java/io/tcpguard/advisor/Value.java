/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Optional;
import java.util.OptionalLong;

/** What a rule's setting or fact stands at. */
final class Value {

    private Value() {}

    /** As a text, as the kernel writes it. */
    static Optional<String> of(Rule rule, Machine machine) {
        if (rule.fact().isEmpty()) {
            return machine.text(rule.setting());
        }
        OptionalLong number = machine.fact(rule.fact().get());
        return number.isPresent() ? Optional.of(Long.toString(number.getAsLong())) : Optional.empty();
    }

    /** As the number that the rule is about. */
    static OptionalLong number(Rule rule, Machine machine) {
        return of(rule, machine).map(rule.field()::of).orElseGet(OptionalLong::empty);
    }
}
