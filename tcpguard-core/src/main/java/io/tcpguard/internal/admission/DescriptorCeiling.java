/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.Capacity;

/** What the process's descriptors allow: the admission threshold, by the kernel's own count. */
final class DescriptorCeiling extends Ceiling {
    private final DescriptorHeadroom room;

    DescriptorCeiling(DescriptorHeadroom room, ConnectionTable table) {
        super(table);
        this.room = room;
    }

    @Override
    boolean fits(long now) {
        return room.fits(now, table().closedSoFar());
    }

    @Override
    long excess() {
        return room.excess();
    }

    @Override
    long free() {
        return room.free();
    }

    @Override
    boolean scarce(Capacity capacity) {
        return room.scarce(capacity.reserve());
    }

    /** The victim's descriptor comes back a little after its close: a quarter of the reserve bridges that. */
    @Override
    long bridge(Capacity capacity) {
        return Math.max(1, capacity.reserve() / 4);
    }

    @Override
    long ofTheAllowed(Capacity capacity) {
        return capacity.reserve() - capacity.keptFree();
    }

    @Override
    long mostBeyond(Capacity capacity) {
        return capacity.known() ? capacity.reserve() : Long.MAX_VALUE;
    }
}
