/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;

/** The probe of a machine where there is nothing to read. */
final class BlindProbe implements Probe {
    private final Reading reading;

    BlindProbe(Signal signal, Cause cause, String detail) {
        this.reading = new Reading.Unavailable(signal, cause, detail);
    }

    @Override
    public Signal signal() {
        return reading.signal();
    }

    @Override
    public Reading read(long nowNanos) {
        return reading;
    }

    @Override
    public void close() {}
}
