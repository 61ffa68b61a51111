/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.tcpguard.internal.probe.MemoryUse;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * Direct buffers against {@code MaxDirectMemorySize}, which is the heap's maximum if it is not set. What Netty takes
 * past the JDK's own count ({@code io.netty.tryReflectionSetAccessible}) is not in it.
 */
final class DirectUse implements MemoryUse {
    private static final double REFUSE_AT = 0.95;

    /** Netty takes 4 MiB at a time, for each of its threads. */
    private static final long LEAST_LEFT = 16L << 20;

    private final BufferPoolMXBean[] pools;
    private final long max;

    private DirectUse(BufferPoolMXBean[] pools, long max) {
        this.pools = pools;
        this.max = max;
    }

    static DirectUse ofThisJvm() {
        BufferPoolMXBean[] direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .toArray(BufferPoolMXBean[]::new);
        return new DirectUse(direct, most());
    }

    private static long most() {
        long set = 0;
        try {
            HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            set = options == null
                    ? 0
                    : Long.parseLong(options.getVMOption("MaxDirectMemorySize").getValue());
        } catch (RuntimeException | LinkageError e) {
            // Another JVM has no such option, a small runtime image no such module: then it is as if it were not set.
            set = 0;
        }
        return set > 0 ? set : Runtime.getRuntime().maxMemory();
    }

    @Override
    public String name() {
        return "direct buffers";
    }

    @Override
    public long usedBytes(long now) {
        long sum = 0;
        for (BufferPoolMXBean pool : pools) {
            sum += Math.max(0, pool.getMemoryUsed());
        }
        return pools.length == 0 ? -1 : sum;
    }

    @Override
    public long maxBytes() {
        return max;
    }

    @Override
    public long admissionThreshold() {
        return Math.max(max / 2, Math.min((long) (max * REFUSE_AT), max - LEAST_LEFT));
    }

    @Override
    public boolean measuredAnew() {
        return false;
    }
}
