/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

/** For how long a request waits for its client, as the sampler sees it from look to look. Of the sampler's thread. */
final class ClientWait {
    /** What was read and written when this connection was first seen to stand still, and when. */
    private long stillAt;

    private long stillSince;
    private boolean still;

    /**
     * It waits for its client.
     *
     * @param position changes with each byte read or written
     * @return for how long it has been seen to wait at this position
     */
    long standsStill(long position, long now) {
        if (!still || stillAt != position) {
            still = true;
            stillAt = position;
            stillSince = now;
        }
        return now - stillSince;
    }

    void moves() {
        still = false;
    }

    long stillSince() {
        return stillSince;
    }
}
