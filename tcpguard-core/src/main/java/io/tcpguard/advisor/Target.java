/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a rule says a setting should be set to: the value to write, or words where no one value is right for all. */
sealed interface Target {

    /** The value to write where the setting stands at {@code own}; empty if there is none to write. */
    Optional<String> on(Machine machine, long own);

    /** The same for a person. */
    String words();

    /** The kernel's own value: remove the line and let it choose. */
    record Kernels() implements Target {
        @Override
        public Optional<String> on(Machine machine, long own) {
            return Optional.empty();
        }

        @Override
        public String words() {
            return "the kernel's own default";
        }
    }

    /** Exactly this text. */
    record Text(String text) implements Target {
        @Override
        public Optional<String> on(Machine machine, long own) {
            return Optional.of(text);
        }

        @Override
        public String words() {
            return text;
        }
    }

    /** The largest of these that are known. */
    record Largest(List<Term> terms) implements Target {
        @Override
        public Optional<String> on(Machine machine, long own) {
            OptionalLong max = terms.stream()
                    .map(t -> t.on(machine, own))
                    .flatMapToLong(OptionalLong::stream)
                    .max();
            return max.isPresent() ? Optional.of(Long.toString(max.getAsLong())) : Optional.empty();
        }

        @Override
        public String words() {
            return terms.size() == 1
                    ? terms.get(0).words()
                    : "the largest of "
                            + String.join(", ", terms.stream().map(Term::words).toList());
        }
    }

    /** Nothing to write: the remedy is in the rule's own words. */
    record Words() implements Target {
        @Override
        public Optional<String> on(Machine machine, long own) {
            return Optional.empty();
        }

        @Override
        public String words() {
            return "see below";
        }
    }
}
