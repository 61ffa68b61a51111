/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

import java.util.EnumMap;
import java.util.Map;

/**
 * Counters of the kernel's at one moment. What this kernel lacks, or what could not be read, is not known.
 *
 * @param known those that are known
 */
public record TcpCounts(Map<KernelCounter, Long> known) {
    /** None is known. */
    public static final TcpCounts UNKNOWN = new TcpCounts(Map.of());

    /** Copies. */
    public TcpCounts {
        known = Map.copyOf(known);
    }

    /** A counter; -1 if it is not known. */
    public long of(KernelCounter counter) {
        return known.getOrDefault(counter, -1L);
    }

    /** What was counted since an earlier look, of what is known of both. */
    public TcpCounts since(TcpCounts earlier) {
        Map<KernelCounter, Long> more = new EnumMap<>(KernelCounter.class);
        known.forEach((counter, count) -> {
            if (earlier.of(counter) >= 0) {
                more.put(counter, Math.max(0, count - earlier.of(counter)));
            }
        });
        return new TcpCounts(more);
    }

    private boolean grewSince(TcpCounts earlier, KernelCounter counter) {
        return of(counter) > earlier.of(counter);
    }

    /** Why closes went without TIME_WAIT since an earlier look. */
    public enum TimeWaitLoss {
        /** None did. */
        NONE,
        /** {@code net.ipv4.tcp_max_tw_buckets} is reached: harmless but for late segments. */
        LIMIT_REACHED,
        /** No memory was left for it, with connections cut for the same reason: not harmless. */
        MEMORY_SHORT
    }

    /**
     * Tells the two causes of TCPTimeWaitOverflow apart: the kernel counts both in one (net/ipv4/inet_timewait_sock.c,
     * {@code inet_twsk_alloc} gives nothing if the limit is reached or if there is no memory).
     *
     * @param earlier an earlier look
     * @param timeWait sockets in TIME_WAIT now
     * @param timeWaitLimit {@code net.ipv4.tcp_max_tw_buckets}
     */
    public TimeWaitLoss timeWaitLossSince(TcpCounts earlier, long timeWait, long timeWaitLimit) {
        if (!grewSince(earlier, KernelCounter.TIME_WAIT_OVERFLOWS)) {
            return TimeWaitLoss.NONE;
        }
        boolean memory =
                grewSince(earlier, KernelCounter.MEMORY_ABORTS) || grewSince(earlier, KernelCounter.MEMORY_PRESSURES);
        // The limit is checked without a lock, so that the number hovers just below it.
        boolean full = timeWait >= timeWaitLimit - timeWaitLimit / 16;
        return memory && !full ? TimeWaitLoss.MEMORY_SHORT : TimeWaitLoss.LIMIT_REACHED;
    }
}
