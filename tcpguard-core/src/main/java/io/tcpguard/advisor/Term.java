/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;

/** One side of a comparison in a rule: a whole number, as a fact or setting of the machine, or a share of one. */
sealed interface Term {

    /** Its number on this machine, if known; {@code own} is the value of the setting under judgement. */
    OptionalLong on(Machine machine, long own);

    /** The same for a person. */
    String words();

    /** A number that stands in the rule. */
    record Constant(long number, String words) implements Term {
        @Override
        public OptionalLong on(Machine machine, long own) {
            return OptionalLong.of(number);
        }
    }

    /** The value of the setting under judgement. */
    record Own() implements Term {
        @Override
        public OptionalLong on(Machine machine, long own) {
            return OptionalLong.of(own);
        }

        @Override
        public String words() {
            return "value";
        }
    }

    /** A fact. */
    record Known(Fact fact) implements Term {
        @Override
        public OptionalLong on(Machine machine, long own) {
            return machine.fact(fact);
        }

        @Override
        public String words() {
            return fact.words();
        }
    }

    /** Another setting, its last number. */
    record Other(String setting) implements Term {
        @Override
        public OptionalLong on(Machine machine, long own) {
            return machine.text(setting).map(Field.LAST::of).orElseGet(OptionalLong::empty);
        }

        @Override
        public String words() {
            return setting;
        }
    }

    /** A share of another term. */
    record Share(int percent, Term of) implements Term {
        @Override
        public OptionalLong on(Machine machine, long own) {
            OptionalLong whole = of.on(machine, own);
            return whole.isPresent() ? OptionalLong.of((long) (whole.getAsLong() * (percent / 100.0))) : whole;
        }

        @Override
        public String words() {
            return percent + " % of " + of.words();
        }
    }
}
