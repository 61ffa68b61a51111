package io.tcpguard.internal.report.incident;

import io.tcpguard.advisor.CounterTable;
import java.util.EnumMap;
import java.util.Map;

/** Finds {@link KernelCounter}s in a text of the kernel's. */
public final class KernelCounters {
    private KernelCounters() {}

    /** The counters in a text as {@code /proc/net/netstat} has it; those that are not there, as on old kernels, are missing. */
    public static Map<KernelCounter, Long> in(String netstat) {
        Map<KernelCounter, Long> counts = new EnumMap<>(KernelCounter.class);
        CounterTable table = CounterTable.parse(netstat);
        for (KernelCounter counter : KernelCounter.values()) {
            table.of(counter.kernelName()).ifPresent(n -> counts.put(counter, n));
        }
        return counts;
    }
}
