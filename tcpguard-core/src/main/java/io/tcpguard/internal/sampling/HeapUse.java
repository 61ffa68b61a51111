/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.MemoryUse;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;

/**
 * What the collector could not free. Serial and Parallel tell it after each full collection; until then their old
 * generation is full of garbage by design. G1 keeps its old generation clean from 45 % on, so that what is in it after
 * any collection is what it could not free in time (JDK 17 tells of its concurrent cycles by nothing else). Others tell
 * it after each cycle, for young and old together.
 *
 * <p>Looks at the pools only when a collection has ended, by its count: that costs a small object each time, beside
 * what the collection itself costs.
 */
final class HeapUse implements MemoryUse, HeapGrowth.Heap {
    private static final long UNKNOWN = -1;
    /** Of all of it: what is left is where the young live. */
    private static final double REFUSE_AT = 0.9;

    /** What the young and a collection need of a small heap; of one it is more than a tenth. */
    private static final long LEAST_LEFT = 16L << 20;

    /** Of an old generation of its own: when it is full, each collection is a long one. */
    private static final double REFUSE_OLD_AT = 0.85;

    private final Runtime runtime = Runtime.getRuntime();
    private final GarbageCollectorMXBean[] collectors;
    private final MemoryPoolMXBean[] pools;
    private final boolean live;
    private final double refuseAt;
    private final long max;
    private long collections;
    private long used = UNKNOWN;
    private boolean anew;

    private HeapUse(
            List<GarbageCollectorMXBean> collectors,
            List<MemoryPoolMXBean> pools,
            boolean live,
            double refuseAt,
            long max) {
        this.collectors = collectors.toArray(GarbageCollectorMXBean[]::new);
        this.pools = pools.toArray(MemoryPoolMXBean[]::new);
        this.live = live;
        this.refuseAt = refuseAt;
        this.max = max;
    }

    /** Of this JVM, whatever its collector is. */
    static HeapUse ofThisJvm() {
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isCollectionUsageThresholdSupported())
                .toList();
        List<GarbageCollectorMXBean> all = ManagementFactory.getGarbageCollectorMXBeans();
        long whole = Runtime.getRuntime().maxMemory();
        for (MemoryPoolMXBean pool : heap) {
            String name = pool.getName();
            boolean g1 = name.equals("G1 Old Gen");
            if (g1 || name.equals("Tenured Gen") || name.equals("PS Old Gen")) {
                List<GarbageCollectorMXBean> ofIt = all.stream()
                        .filter(each -> List.of(each.getMemoryPoolNames()).contains(name))
                        .toList();
                long its = pool.getUsage().getMax();
                return new HeapUse(ofIt, List.of(pool), g1, g1 ? REFUSE_AT : REFUSE_OLD_AT, its > 0 ? its : whole);
            }
        }
        return new HeapUse(all, heap, false, REFUSE_AT, whole);
    }

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public long usedBytes(long now) {
        long soFar = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            soFar += Math.max(0, collector.getCollectionCount());
        }
        anew = soFar != collections;
        if (anew) {
            collections = soFar;
            used = read();
        }
        return used;
    }

    private long read() {
        long sum = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage = live ? pool.getUsage() : pool.getCollectionUsage();
            sum += usage == null ? 0 : usage.getUsed();
        }
        return pools.length == 0 ? UNKNOWN : sum;
    }

    @Override
    public long maxBytes() {
        return max;
    }

    @Override
    public long admissionThreshold() {
        long share = (long) (max * refuseAt);
        return refuseAt < REFUSE_AT ? share : Math.max(max / 2, Math.min(share, max - LEAST_LEFT));
    }

    @Override
    public long inUseBytes() {
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public long leftBytes() {
        return used;
    }

    @Override
    public long collections() {
        return collections;
    }

    @Override
    public boolean measuredAnew() {
        return anew;
    }
}
