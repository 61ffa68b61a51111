/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.probe.HeldDescriptors;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.probe.TcpCounts.TimeWaitLoss;
import io.tcpguard.signal.Census;
import io.tcpguard.state.Trend;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known beside the signals, for a person: it decides nothing.
 *
 * @param trend where the descriptors are going
 * @param sockets this process's sockets by state
 * @param socketsAtNanos when they were counted
 * @param sinceStart the kernel's counters since the guard's start
 * @param lastLoss why closes went without TIME_WAIT when they last did
 * @param remarks what stands out, a sentence each
 * @param held what the descriptors are that grew most; empty where nothing leaks
 */
public record Diagnostics(
        Trend trend,
        Census sockets,
        long socketsAtNanos,
        TcpCounts sinceStart,
        TimeWaitLoss lastLoss,
        List<String> remarks,
        List<HeldDescriptors> held) {

    /** Nothing leaks. */
    public Diagnostics(
            Trend trend,
            Census sockets,
            long socketsAtNanos,
            TcpCounts sinceStart,
            TimeWaitLoss lastLoss,
            List<String> remarks) {
        this(trend, sockets, socketsAtNanos, sinceStart, lastLoss, remarks, List.of());
    }

    /** The same with more remarks. */
    public Diagnostics and(List<String> more) {
        List<String> all = new ArrayList<>(remarks);
        all.addAll(more);
        return new Diagnostics(trend, sockets, socketsAtNanos, sinceStart, lastLoss, all, held);
    }

    /** The same with what the descriptors are. */
    public Diagnostics with(List<HeldDescriptors> what) {
        return new Diagnostics(trend, sockets, socketsAtNanos, sinceStart, lastLoss, remarks, what);
    }

    /** Copies the lists. */
    public Diagnostics {
        remarks = List.copyOf(remarks);
        held = List.copyOf(held);
    }
}
