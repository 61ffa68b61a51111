/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import org.jspecify.annotations.Nullable;

/**
 * The reading of the newest numbers. The same numbers give the same object, so that what stands still costs no memory.
 */
final class LastReading {
    private static final ReadFailure UNEXPLAINED =
            new ReadFailure(Cause.FAILED, "the source gave no number and no reason");

    private final Signal signal;
    private @Nullable Reading last;

    LastReading(Signal signal) {
        this.signal = signal;
    }

    Signal signal() {
        return signal;
    }

    Reading measured(long used, long limit) {
        if (last instanceof Reading.Measured same && same.used() == used && same.limit() == limit) {
            return same;
        }
        Reading now = new Reading.Measured(signal, used, limit);
        last = now;
        return now;
    }

    Reading unavailable(@Nullable ReadFailure trouble) {
        ReadFailure why = trouble == null ? UNEXPLAINED : trouble;
        return unavailable(why.cause(), why.detail());
    }

    Reading unavailable(Cause cause, String detail) {
        if (last instanceof Reading.Unavailable same
                && same.cause() == cause
                && same.detail().equals(detail)) {
            return same;
        }
        Reading now = new Reading.Unavailable(signal, cause, detail);
        last = now;
        return now;
    }
}
