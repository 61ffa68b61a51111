/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

/** The two numbers about this process's descriptors, read exactly and at once, from any thread, at the limit too. */
public interface DescriptorCount {
    /**
     * Descriptors open in this process now; -1 if it can't be known. Never opens one; allocates nothing. About 2 µs.
     */
    long used();

    /** The soft limit in force now ({@code prlimit(2)} may change it); -1 if it can't be known. About 0.5 µs. */
    long limit();
}
