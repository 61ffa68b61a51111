/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.MemoryUse;
import io.tcpguard.signal.Signal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The memory that connections of this process take, of each kind: heap, direct buffers, and what its container may
 * have.
 */
public final class ProcessMemory {
    /** What a connection may take before it is looked at again. */
    private static final long EXPENSIVE = 256 * 1024;

    /** Within a sample, of 20 ms as a rule. */
    private static final long LEAST_AT_ONCE = 4;

    private final List<MemoryProbe> probes;
    private final MemoryCeiling ceiling;
    private final HeapGrowth growth;
    private final List<MemoryProbe> besideHeap;
    private double recent;
    private long lastHeld;
    private long lastAt;

    private ProcessMemory(
            long maxHeap, MemoryUse heap, MemoryUse direct, MemoryUse container, HeapGrowth.Heap growing) {
        growth = new HeapGrowth(growing);
        probes = Stream.of(heap, direct, container).map(MemoryProbe::new).toList();
        besideHeap = probes.subList(1, probes.size());
        ceiling = new MemoryCeiling(maxHeap, container);
    }

    /** Of this JVM; its container's is read elsewhere. */
    public static ProcessMemory of(MemoryUse container) {
        HeapUse heap = HeapUse.ofThisJvm();
        return of(container, heap, heap);
    }

    /** @param growing the heap by which connections may become more */
    static ProcessMemory of(MemoryUse container, MemoryUse heap, HeapGrowth.Heap growing) {
        return new ProcessMemory(Runtime.getRuntime().maxMemory(), heap, DirectUse.ofThisJvm(), container, growing);
    }

    /** Watches all of it from now on. */
    public void watch(SamplingCycle cycle, GuardConfig config) {
        for (MemoryProbe probe : probes) {
            cycle.add(new GuardedProbe(probe, new Watch(Signal.MEMORY, probe.source(), config), true));
        }
    }

    MemoryCeiling ceiling() {
        return ceiling;
    }

    /**
     * Up to how many connections may come in until the next call: what is left of memory beside the heap is known at
     * any time, but not what a client will make of it, for instance by reading a large answer slowly.
     *
     * @param heapEach what an idle one costs of the heap; 0 if nobody says it
     */
    long atOnce(long held, int heapEach, long now) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < besideHeap.size(); i++) {
            least = Math.min(least, besideHeap.get(i).roomBytes());
        }
        remember(held, now);
        return Math.min(
                growth.atOnce(held, heapEach, now), held + Math.max(LEAST_AT_ONCE, least / EXPENSIVE - (long) recent));
    }

    /** Who came within the last second may not have asked yet, or be answered just now. */
    private void remember(long held, long now) {
        double passed = Math.min(1, Math.max(0, (double) (now - lastAt) / TimeUnit.SECONDS.toNanos(1)));
        recent = recent * (1 - passed) + Math.max(0, held - lastHeld);
        lastHeld = held;
        lastAt = now;
    }
}
