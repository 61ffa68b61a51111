/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import io.tcpguard.internal.linux.ContainerLimit;
import io.tcpguard.internal.probe.ConnectionCost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What heap and container bear of connections, by what the guard reckons for each. */
final class MemoryFacts {
    private static final int MIB_BITS = 20;
    /** Of memory, for the heap of a JVM that nothing is said to (HotSpot's MaxRAMPercentage of 25). */
    private static final int USUAL_HEAP_PART = 4;

    private MemoryFacts() {}

    /**
     * Those that are known.
     *
     * @param connections for which there are descriptors, if that is known
     * @param process its directory in {@code proc}
     * @param ownHeap its maximum heap in bytes, where it is not to be looked for
     */
    static Map<Fact, Long> of(@Nullable Long connections, Path process, OptionalLong ownHeap, Path proc) {
        Map<Fact, Long> facts = new EnumMap<>(Fact.class);
        OptionalLong container = ContainerLimit.bytes(process.toFile(), process.resolve("root"));
        OptionalLong memory = least(container, MemoryPages.bytes(proc));
        OptionalLong heap = ownHeap.isPresent() ? ownHeap : MaxHeap.of(commandLine(process), memory);
        container.ifPresent(bytes -> facts.put(Fact.CONTAINER_MEMORY, bytes >> MIB_BITS));
        if (heap.isPresent()) {
            long bytes = heap.getAsLong();
            facts.put(Fact.HEAP, bytes >> MIB_BITS);
            facts.put(Fact.HEAP_CONNECTIONS, bytes / ConnectionCost.HEAP);
            container.ifPresent(its -> facts.put(Fact.CONTAINER_CONNECTIONS, ConnectionCost.besideHeap(its, bytes)));
        }
        if (connections != null) {
            long all = memory.orElse(Long.MAX_VALUE);
            long byHeap = heap.orElse(all / USUAL_HEAP_PART) / ConnectionCost.LEAST_HEAP;
            facts.put(Fact.CLIENTS, Math.min(connections, Math.min(byHeap, all / ConnectionCost.KERNEL)));
        }
        return facts;
    }

    private static String commandLine(Path process) {
        try {
            return KernelText.read(process.resolve("cmdline"));
        } catch (IOException notOurs) {
            return "";
        }
    }

    private static OptionalLong least(OptionalLong one, OptionalLong other) {
        return one.isEmpty() || (other.isPresent() && other.getAsLong() < one.getAsLong()) ? other : one;
    }
}
