/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/** How far the guard goes. Ordered: each level includes what the ones before it do. */
public enum Level {
    /** Nothing is done. */
    NORMAL,
    /** A limit comes near: the guard gets ready, nobody is refused. */
    ELEVATED,
    /** The admission threshold: a new connection takes the slot of a long-idle one, or is refused. Health stays up. */
    SHED,
    /** Trouble that connections do not explain: health fails on purpose, established connections are served. */
    DRAIN;

    /** True if this level is {@code other} or above it. */
    public boolean atLeast(Level other) {
        return compareTo(other) >= 0;
    }
}
