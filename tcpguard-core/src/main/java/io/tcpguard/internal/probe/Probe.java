/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;

/** One kernel fact that is read again and again. (What a load balancer sends is a <em>check</em>.) */
public interface Probe extends AutoCloseable {

    /** What this probe measures; the same for its whole life. */
    Signal signal();

    /**
     * Reads once. Called by the sampler thread only, at most once a cycle; takes microseconds, loads no class, and
     * allocates nothing while the numbers stay as they are: an unchanged reading is the same object as before. Opens
     * nothing, except that the JDK opens a directory to count descriptors before Linux 6.2, once a second.
     *
     * <p>Trouble is a reading. What is thrown all the same becomes {@link Cause#FAILED}.
     *
     * @param nowNanos the cycle's time, from {@link NanoClock}
     */
    Reading read(long nowNanos);

    /** Gives back what the probe holds open. After it, {@link #read} is not called any more. */
    @Override
    void close();
}
