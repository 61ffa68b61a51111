/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import java.io.File;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the kernel tells of one process's network namespace ({@code /proc/PID/net}), read once and closed again: for a
 * person's question, never for a sample. Throws nothing: what can't be read is not known.
 */
public final class NetworkTexts {
    private final File net;

    /** @param net a directory like {@code /proc/self/net} */
    public NetworkTexts(File net) {
        this.net = net;
    }

    /** The counters of {@code netstat}. */
    public TcpCounts counts() {
        return read(counters(once("netstat")), 0);
    }

    /** Sockets in TIME_WAIT in the namespace; -1: not known. */
    public long timeWait() {
        return sockstat().timeWait().at(0);
    }

    /** Orphans on the machine; -1: not known. */
    public long orphans() {
        return sockstat().orphans().at(0);
    }

    /** Pages that TCP's buffers take on the machine; -1: not known. */
    public long pages() {
        return sockstat().pages().at(0);
    }

    private Sockstat sockstat() {
        return Sockstat.ofTcp(once("sockstat"));
    }

    private ProcFile once(String name) {
        return ProcFile.once(new File(net, name), new UnknownDescriptors());
    }

    /** All counters that have a name of ours. */
    static CounterTable counters(ProcFile netstat) {
        return new CounterTable(
                netstat,
                "TcpExt:",
                Stream.of(KernelCounter.values()).map(KernelCounter::kernelName).toArray(String[]::new));
    }

    static TcpCounts read(CounterTable counters, long nowNanos) {
        if (!counters.read(nowNanos)) {
            return TcpCounts.UNKNOWN;
        }
        Map<KernelCounter, Long> known = new EnumMap<>(KernelCounter.class);
        for (KernelCounter counter : KernelCounter.values()) {
            long count = counters.value(counter.ordinal());
            if (count >= 0) {
                known.put(counter, count);
            }
        }
        return new TcpCounts(known);
    }
}
