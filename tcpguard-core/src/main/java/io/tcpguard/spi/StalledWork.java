/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Ends requests that stand still, as {@link ListenerControl#endStalledWork} is asked to. */
public final class StalledWork {
    private record Still<C>(C connection, long nanos) {}

    private StalledWork() {}

    /**
     * Ends those that stand still longest.
     *
     * @param stalledFor for how long a connection's requests have waited for their client, in nanoseconds; less than 0:
     *     they don't. Asked once for each
     * @param patienceNanos none that stood still for less is ended
     * @param most how many may be
     * @param end ends one; false if it was over before
     * @return how many were ended
     */
    public static <C> int endLongest(
            Collection<? extends C> connections,
            ToLongFunction<C> stalledFor,
            long patienceNanos,
            int most,
            Predicate<C> end) {
        List<Still<C>> still = new ArrayList<>();
        for (C connection : connections) {
            long nanos = stalledFor.applyAsLong(connection);
            if (nanos >= patienceNanos) {
                still.add(new Still<>(connection, nanos));
            }
        }
        still.sort(Comparator.comparingLong(one -> -one.nanos));
        int ended = 0;
        for (Still<C> one : still) {
            if (ended < most && end.test(one.connection)) {
                ended++;
            }
        }
        return ended;
    }
}
