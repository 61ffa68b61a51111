/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.MemoryUse;

/** A container without a limit and a heap that is empty, for guards whose memory is not simulated. */
public final class NoMemoryLimit implements MemoryUse, HeapGrowth.Heap {
    private NoMemoryLimit() {}

    public static ProcessMemory processMemory() {
        NoMemoryLimit none = new NoMemoryLimit();
        return ProcessMemory.of(none, HeapUse.ofThisJvm(), none);
    }

    @Override
    public long inUseBytes() {
        return 0;
    }

    @Override
    public long leftBytes() {
        return 0;
    }

    @Override
    public long collections() {
        return 0;
    }

    @Override
    public String name() {
        return "container";
    }

    @Override
    public long usedBytes(long now) {
        return -1;
    }

    @Override
    public long maxBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public long admissionThreshold() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean measuredAnew() {
        return false;
    }
}
