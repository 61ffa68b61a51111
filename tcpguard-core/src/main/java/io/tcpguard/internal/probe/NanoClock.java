/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

/** Monotonic time in nanoseconds from an arbitrary origin; compare by subtraction only. */
@FunctionalInterface
public interface NanoClock {
    /** The time now, as {@link System#nanoTime()} defines it. */
    long nanoTime();
}
