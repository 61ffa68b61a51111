/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The accept queue of the listeners of this process on one port, asked from the sockets themselves. Of several (one for
 * each address, or SO_REUSEPORT) the fullest counts.
 *
 * <p>The descriptors are looked for when the probe is made and when one turned out to be another's by now; the pause
 * between two searches is a second, and at least a hundred times what the last one took.
 */
final class AcceptQueueProbe implements Probe {
    private static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 60 * SHORTEST_PAUSE_NANOS;
    private static final long PAUSE_PER_COST = 100;

    private final LastReading last = new LastReading(Signal.ACCEPT_QUEUE);
    private final SocketCalls calls;
    private final File directory;
    private final int port;
    private final DescriptorCount descriptors;
    private final NanoClock clock;
    private final ReadFailure noListener;
    private final ReadFailure exhausted;
    private final ReadFailure hidden;

    private List<TcpListener> listeners = List.of();
    private ReadFailure missing;
    private boolean complete;
    private boolean searched;
    private long nextSearchNanos;

    /** @param directory {@code /proc/self/fd} */
    AcceptQueueProbe(SocketCalls calls, File directory, int port, DescriptorCount descriptors, NanoClock clock) {
        this.calls = calls;
        this.directory = directory;
        this.port = port;
        this.descriptors = descriptors;
        this.clock = clock;
        this.noListener =
                new ReadFailure(Cause.NOTHING_TO_WATCH, "no listening socket of this process on port " + port);
        this.exhausted = new ReadFailure(
                Cause.OUT_OF_DESCRIPTORS,
                directory + ": no descriptor was left to look for the listener on port " + port);
        this.hidden = new ReadFailure(Cause.NOT_READABLE, directory + ": could not be listed");
        this.missing = noListener;
        search(clock.nanoTime());
    }

    @Override
    public Signal signal() {
        return Signal.ACCEPT_QUEUE;
    }

    @Override
    public Reading read(long nowNanos) {
        TcpListener fullest = fullest();
        if (!complete && (!searched || nowNanos - nextSearchNanos >= 0)) {
            search(nowNanos);
            fullest = fullest();
        }
        return fullest == null
                ? last.unavailable(missing)
                : last.measured(fullest.depth(), Math.max(1, fullest.limit()));
    }

    /** Nothing: the sockets are the server's, and were never opened here. */
    @Override
    public void close() {}

    private @Nullable TcpListener fullest() {
        TcpListener fullest = null;
        for (int i = 0; i < listeners.size(); i++) {
            TcpListener listener = listeners.get(i);
            if (!listener.look()) {
                complete = false;
            } else if (fullest == null || fuller(listener, fullest)) {
                fullest = listener;
            }
        }
        return fullest;
    }

    /** Nearer to its own limit; both limits have 32 bits, so that the products fit. */
    private static boolean fuller(TcpListener one, TcpListener other) {
        return one.depth() * Math.max(1, other.limit()) > other.depth() * Math.max(1, one.limit());
    }

    private void search(long nowNanos) {
        long start = clock.nanoTime();
        find();
        long cost = Math.max(0, clock.nanoTime() - start);
        long pause = Math.min(LONGEST_PAUSE_NANOS, Math.max(SHORTEST_PAUSE_NANOS, cost * PAUSE_PER_COST));
        searched = true;
        nextSearchNanos = nowNanos + pause;
    }

    private void find() {
        String[] names = directory.list();
        if (names == null) {
            long limit = descriptors.limit();
            missing = limit >= 0 && descriptors.used() >= limit ? exhausted : hidden;
            return;
        }
        List<TcpListener> found = new ArrayList<>();
        for (String name : names) {
            int descriptor = number(name);
            TcpListener listener = descriptor < 0 ? null : TcpListener.at(calls, descriptor, port);
            if (listener != null) {
                found.add(listener);
            }
        }
        listeners = List.copyOf(found);
        complete = !found.isEmpty();
        missing = noListener;
    }

    private static int number(String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
