/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.MemoryUse;
import io.tcpguard.signal.Signal;
import java.util.List;
import java.util.stream.Stream;

/**
 * The memory that connections of this process take, of each kind: heap, direct buffers, and what its container may
 * have.
 */
public final class ProcessMemory {
    private final List<MemoryProbe> probes;
    private final MemoryCeiling ceiling;
    private final HeapGrowth growth;

    private ProcessMemory(
            long maxHeap, MemoryUse heap, MemoryUse direct, MemoryUse container, HeapGrowth.Heap growing) {
        growth = new HeapGrowth(growing);
        probes = Stream.of(heap, direct, container).map(MemoryProbe::new).toList();
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

    HeapGrowth growth() {
        return growth;
    }
}
