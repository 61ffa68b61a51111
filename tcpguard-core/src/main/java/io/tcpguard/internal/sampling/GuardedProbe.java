/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;

/** A probe with its watch. What the probe throws becomes a reading: it never ends the sampler. */
public final class GuardedProbe {
    private final Probe probe;
    private final Watch watch;
    private final boolean counter;

    /** @param counter whether it is read only each counter period */
    public GuardedProbe(Probe probe, Watch watch, boolean counter) {
        this.probe = probe;
        this.watch = watch;
        this.counter = counter;
    }

    public Watch watch() {
        return watch;
    }

    public boolean counter() {
        return counter;
    }

    // At the limit the JDK throws Errors (InternalError, NoClassDefFoundError), and they are just what this guard is
    // for.
    @SuppressWarnings("CatchAndPrintStackTrace")
    public void read(long now) {
        try {
            watch.read(probe.read(now));
        } catch (OutOfMemoryError e) {
            // Not the probe's trouble: what it said last stands, and the sample fails as a whole.
            throw e;
        } catch (RuntimeException | Error e) {
            watch.read(new Reading.Unavailable(probe.signal(), Cause.FAILED, e.toString()));
        }
    }

    public void close() {
        probe.close();
    }
}
