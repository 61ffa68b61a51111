/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import org.jspecify.annotations.Nullable;

/** No more sockets than the process has descriptors: what stands for a count of the kernel's that would need one. */
record OwnSockets(DescriptorCount descriptors) implements KernelValue {
    private static final ReadFailure NOT_KNOWN =
            new ReadFailure(Cause.NOT_SUPPORTED, "the process's descriptors can't be counted");

    @Override
    public long at(long nowNanos) {
        return descriptors.used();
    }

    @Override
    public @Nullable ReadFailure trouble() {
        return descriptors.used() < 0 ? NOT_KNOWN : null;
    }
}
