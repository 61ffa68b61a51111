/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One comparison of a rule. */
record Condition(Term left, Comparison comparison, Term right) {

    /** Whether a condition holds; what is not known never counts as a no. */
    enum Answer {
        YES,
        NO,
        UNKNOWN
    }

    Answer on(Machine machine, long own) {
        OptionalLong l = left.on(machine, own);
        OptionalLong r = right.on(machine, own);
        if (l.isEmpty() || r.isEmpty()) {
            return Answer.UNKNOWN;
        }
        return comparison.holds(l.getAsLong(), r.getAsLong()) ? Answer.YES : Answer.NO;
    }

    /** The first side that is not known; null if both are. */
    @Nullable Term unknown(Machine machine, long own) {
        if (left.on(machine, own).isEmpty()) {
            return left;
        }
        return right.on(machine, own).isEmpty() ? right : null;
    }

    String words() {
        return left.words() + " " + comparison.word() + " " + right.words();
    }
}
