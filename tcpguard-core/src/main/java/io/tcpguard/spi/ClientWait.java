/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/** For how long nothing has moved on a connection whose requests wait for their client. One thread's. */
public final class ClientWait {
    /** What had moved when this connection was first seen to stand still, and when that was. */
    private long stillAt;

    private long stillSince;
    private boolean still;

    /** Nothing was seen yet. */
    public ClientWait() {}

    /**
     * It waits for its client.
     *
     * @param position changes with each byte read or written
     * @param now by {@link System#nanoTime()}
     * @return for how long it has been seen to wait at this position, in nanoseconds
     */
    public long stalledFor(long position, long now) {
        if (!still || stillAt != position) {
            still = true;
            stillAt = position;
            stillSince = now;
        }
        return now - stillSince;
    }

    /** It does not wait for its client. */
    public void moves() {
        still = false;
    }
}
