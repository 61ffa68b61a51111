/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;

/** One number of the kernel's against another one. */
final class UsageProbe implements Probe {
    private static final ReadFailure NO_LIMIT = new ReadFailure(Cause.NOT_SUPPORTED, "the limit is 0: switched off");

    private final LastReading last;
    private final KernelValue used;
    private final KernelValue limit;

    UsageProbe(Signal signal, KernelValue used, KernelValue limit) {
        this.last = new LastReading(signal);
        this.used = used;
        this.limit = limit;
    }

    @Override
    public Signal signal() {
        return last.signal();
    }

    @Override
    public Reading read(long nowNanos) {
        long max = limit.at(nowNanos);
        if (max < 0) {
            return last.unavailable(limit.trouble());
        }
        long now = used.at(nowNanos);
        if (now < 0) {
            return last.unavailable(used.trouble());
        }
        return max == 0 ? last.unavailable(NO_LIMIT) : last.measured(now, max);
    }

    /** Nothing: the files belong to {@link LinuxProbes}, other probes read them too. */
    @Override
    public void close() {}
}
