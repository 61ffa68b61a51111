/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.signal;

import java.util.Objects;

/** What a probe found out: a number against its limit, or why it is not known. Unknown is a type, never 0. */
public sealed interface Reading {

    /** The signal that this is about. */
    Signal signal();

    /**
     * The share of the limit in use: 0 for nothing, 1 for all; above 1 where the kernel allows more than its limit.
     * Unknown is 0 here, except {@link Cause#OUT_OF_DESCRIPTORS}, which is 1.
     */
    double pressure();

    /**
     * A number that was read.
     *
     * @param signal what was measured
     * @param used in the signal's {@linkplain Signal#unit() unit}, 0 or more
     * @param limit in the same unit, 1 or more
     */
    record Measured(Signal signal, long used, long limit) implements Reading {
        /**
         * Refuses nonsense.
         *
         * @throws IllegalArgumentException if used is negative or limit is not positive
         */
        public Measured {
            Objects.requireNonNull(signal, "signal");
            if (used < 0 || limit < 1) {
                throw new IllegalArgumentException(
                        signal + ": used=" + used + " limit=" + limit + " (expected: used >= 0, limit >= 1)");
            }
        }

        @Override
        public double pressure() {
            return (double) used / limit;
        }
    }

    /**
     * A number that could not be read.
     *
     * @param signal what was to be measured
     * @param cause why it was not
     * @param detail for a person; names the file or call
     */
    record Unavailable(Signal signal, Cause cause, String detail) implements Reading {
        /** Refuses nulls. */
        public Unavailable {
            Objects.requireNonNull(signal, "signal");
            Objects.requireNonNull(cause, "cause");
            Objects.requireNonNull(detail, "detail");
        }

        @Override
        public double pressure() {
            return cause == Cause.OUT_OF_DESCRIPTORS ? 1 : 0;
        }
    }
}
