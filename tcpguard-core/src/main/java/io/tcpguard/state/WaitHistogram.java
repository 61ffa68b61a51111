/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.util.Collections;
import java.util.List;

/**
 * For how long connections waited for a slot, since the guard was built: those that wait no more, whether they got one
 * or not.
 *
 * @param within how many waited for no longer than each of {@link #BOUNDS}, and last how many did at all
 */
public record WaitHistogram(List<Long> within) {
    /** In seconds: from what nobody notices to what clients bear. */
    public static final List<Double> BOUNDS = List.of(0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0);

    /** Nobody has waited. */
    public static final WaitHistogram NONE = new WaitHistogram(Collections.nCopies(BOUNDS.size() + 1, 0L));

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if it is not one longer than {@link #BOUNDS}
     */
    public WaitHistogram {
        within = List.copyOf(within);
        if (within.size() != BOUNDS.size() + 1) {
            throw new IllegalArgumentException(
                    "within: " + within.size() + " counts (expected: " + (BOUNDS.size() + 1) + ")");
        }
    }
}
