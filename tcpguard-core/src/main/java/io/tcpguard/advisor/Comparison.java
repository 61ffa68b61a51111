/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Locale;
import java.util.Optional;

/** How two numbers are compared in a rule. */
enum Comparison {
    BELOW,
    ABOVE,
    IS,
    ISNT;

    boolean holds(long left, long right) {
        return switch (this) {
            case BELOW -> left < right;
            case ABOVE -> left > right;
            case IS -> left == right;
            case ISNT -> left != right;
        };
    }

    /** The word as it stands in a rule. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Comparison> named(String word) {
        for (Comparison comparison : values()) {
            if (comparison.word().equals(word)) {
                return Optional.of(comparison);
            }
        }
        return Optional.empty();
    }
}
