/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/** One number of the kernel's. Read by the sampler thread only. */
interface KernelValue {
    /** The number, 0 or more; -1 if it is not known, and then {@link #trouble()} says why. */
    long at(long nowNanos);

    /** Why the last {@link #at} returned -1; null if it didn't. */
    @Nullable ReadFailure trouble();
}
