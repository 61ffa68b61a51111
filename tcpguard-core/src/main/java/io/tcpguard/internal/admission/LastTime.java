/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/** When something last happened, if it ever did: the system's clock may begin anywhere. Any thread. */
final class LastTime {
    private volatile boolean ever;
    private volatile long at;

    void note(long now) {
        at = now;
        if (!ever) {
            ever = true;
        }
    }

    boolean within(long nanos, long now) {
        return ever && now - at < nanos;
    }
}
