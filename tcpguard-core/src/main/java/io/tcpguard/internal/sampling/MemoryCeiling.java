/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.state.ConnectionLimits;

/** How many connections memory bears. Asked each cycle by the sampler's thread: must not block, open or allocate. */
@FunctionalInterface
public interface MemoryCeiling {
    /** What one connection may cost: an idle one of Tomcat has two buffers of 8 KiB, and another one of 8 KiB while a request is read. */
    long BYTES_EACH = 32 * 1024;

    /** A ceiling by a rough cost must not be below what the usual limit of descriptors allows anyway. */
    long LEAST = 1004;

    /** As many as may be held, or {@link ConnectionLimits#NONE}. */
    long connections();

    /** By the heap's maximum. */
    static MemoryCeiling ofHeap(long maxHeapBytes) {
        long most = maxHeapBytes == Long.MAX_VALUE ? ConnectionLimits.NONE : Math.max(LEAST, maxHeapBytes / BYTES_EACH);
        return () -> most;
    }
}
