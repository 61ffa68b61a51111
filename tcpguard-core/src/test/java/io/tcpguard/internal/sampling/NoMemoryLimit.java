/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.MemoryUse;

/** A container without a limit, for guards whose memory is not simulated. */
public final class NoMemoryLimit implements MemoryUse {
    private NoMemoryLimit() {}

    public static ProcessMemory processMemory() {
        return ProcessMemory.of(new NoMemoryLimit());
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
