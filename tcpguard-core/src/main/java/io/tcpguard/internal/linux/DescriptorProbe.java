/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;

/** Descriptors open against the soft limit in force. */
final class DescriptorProbe implements Probe {
    private static final ReadFailure NO_COUNT =
            new ReadFailure(Cause.NOT_SUPPORTED, "/proc/self/fd has no size and the JDK could not count it");
    private static final ReadFailure NO_LIMIT =
            new ReadFailure(Cause.NOT_SUPPORTED, "RLIMIT_NOFILE: the JDK could not tell (module jdk.management)");

    private final DescriptorCount descriptors;
    private final LastReading last = new LastReading(Signal.DESCRIPTORS);

    DescriptorProbe(DescriptorCount descriptors) {
        this.descriptors = descriptors;
    }

    @Override
    public Signal signal() {
        return Signal.DESCRIPTORS;
    }

    @Override
    public Reading read(long nowNanos) {
        long used = descriptors.used();
        if (used < 0) {
            return last.unavailable(NO_COUNT);
        }
        long limit = descriptors.limit();
        // A limit of 0 is possible (prlimit(2)): nothing can be opened, and every descriptor is one too many.
        return limit < 0 ? last.unavailable(NO_LIMIT) : last.measured(used, Math.max(1, limit));
    }

    @Override
    public void close() {}
}
