/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

/** Descriptor numbers that a test sets. */
final class FixedDescriptors implements DescriptorCount {
    long used;
    long limit;

    FixedDescriptors(long used, long limit) {
        this.used = used;
        this.limit = limit;
    }

    @Override
    public long used() {
        return used;
    }

    @Override
    public long limit() {
        return limit;
    }
}
