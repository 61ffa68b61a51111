/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.MemoryUse;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.concurrent.TimeUnit;

/**
 * One kind of memory against the point from which on new connections must not take more. Much in use for long is no
 * shortage: pools keep what they had once, and a container may be cut to measure. It is one while it grows, or each
 * collection confirms it; a minute after that it is not taken for one any more.
 */
final class MemoryProbe implements Probe {
    private static final long KIB = 1024;
    private static final long BELIEVED = TimeUnit.MINUTES.toNanos(1);
    /** Of the maximum: growth by less is coming and going. */
    private static final int GROWTH_PART = 128;

    private final MemoryUse use;
    private long room = Long.MAX_VALUE;
    private long high = -1;
    private long grewAt;
    private Reading last;

    MemoryProbe(MemoryUse use) {
        this.use = use;
        last = notYet();
    }

    /** Which memory, for people. */
    String source() {
        return use.name();
    }

    /** Bytes to the point from which on new connections must not take more, as last read. */
    long roomBytes() {
        return room;
    }

    @Override
    public Signal signal() {
        return Signal.MEMORY;
    }

    @Override
    public Reading read(long now) {
        long used = use.usedBytes(now);
        if (used < 0 || use.maxBytes() == Long.MAX_VALUE) {
            high = -1;
            room = Long.MAX_VALUE;
            last = last instanceof Reading.Unavailable ? last : notYet();
            return last;
        }
        room = Math.max(0, use.admissionThreshold() - used);
        long part = use.maxBytes() / GROWTH_PART;
        if (use.measuredAnew() || used > high + part) {
            high = used;
            grewAt = now;
        } else if (used < high - part) {
            high = used;
        }
        long point = Math.max(1, use.admissionThreshold() / KIB);
        if (used / KIB < point || now - grewAt < BELIEVED) {
            return measured(used / KIB, point);
        }
        if (!(last instanceof Reading.Unavailable)) {
            last = new Reading.Unavailable(
                    Signal.MEMORY,
                    Cause.NOTHING_TO_WATCH,
                    used / KIB + " KiB in use, and it has not grown for a minute");
        }
        return last;
    }

    private Reading measured(long used, long point) {
        if (!(last instanceof Reading.Measured m) || m.used() != used || m.limit() != point) {
            last = new Reading.Measured(Signal.MEMORY, used, point);
        }
        return last;
    }

    private static Reading notYet() {
        return new Reading.Unavailable(Signal.MEMORY, Cause.NOTHING_TO_WATCH, "no limit, or not measured yet");
    }

    @Override
    public void close() {
        // Nothing is open here.
    }
}
