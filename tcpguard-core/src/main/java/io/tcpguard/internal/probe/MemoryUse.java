/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

/**
 * One kind of memory that connections take, without what a collection or the kernel would give back. Asked by the
 * sampler's thread only: must neither block nor open anything, nor allocate more than the JVM's own figures do.
 */
public interface MemoryUse {
    /** For people: "heap". */
    String name();

    /** Bytes that can't be given back now; negative: not known yet. */
    long usedBytes(long now);

    /** Bytes that there may be, as last read; {@link Long#MAX_VALUE}: no limit. */
    long maxBytes();

    /** Bytes from which on new connections must not take more. */
    long admissionThreshold();

    /** Whether the last {@link #usedBytes} was measured anew, and not only read again. */
    boolean measuredAnew();
}
