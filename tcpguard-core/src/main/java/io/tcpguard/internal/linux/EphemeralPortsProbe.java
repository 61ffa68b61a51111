/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.function.LongSupplier;

/**
 * Ports of outgoing connections: an upper bound from the kernel's counts, until the application says that a connect
 * found none.
 *
 * <p>The kernel gives one port to many connections if their destinations differ (net/ipv4/inet_hashtables.c, {@code
 * __inet_hash_connect}), so that only a failed connect tells that all are taken towards its own.
 */
final class EphemeralPortsProbe implements Probe {
    /** So long a failed connect is news: longer than a client pauses before it tries again. */
    static final long NEWS_NANOS = 10_000_000_000L;

    private final LastReading last = new LastReading(Signal.EPHEMERAL_PORTS);
    private final LocalPortUse ports;

    private volatile LongSupplier failedConnects = () -> 0;
    private long failed;
    private boolean news;
    private long newsNanos;

    EphemeralPortsProbe(LocalPortUse ports) {
        this.ports = ports;
    }

    /** @param connects how many found no local port, ever; only grows */
    void believe(LongSupplier connects) {
        failedConnects = connects;
    }

    @Override
    public Signal signal() {
        return Signal.EPHEMERAL_PORTS;
    }

    @Override
    public Reading read(long nowNanos) {
        hear(nowNanos);
        long all = ports.all(nowNanos);
        if (all < 0) {
            return last.unavailable(ports.trouble());
        }
        long bound = ports.used(nowNanos);
        if (news) {
            return last.measured(Math.max(all, bound), all);
        }
        return bound < 0 ? last.unavailable(ports.trouble()) : last.measured(bound, all);
    }

    private void hear(long nowNanos) {
        long now = failedConnects.getAsLong();
        if (now > failed) {
            failed = now;
            news = true;
            newsNanos = nowNanos;
        } else if (news && nowNanos - newsNanos >= NEWS_NANOS) {
            news = false;
        }
    }

    /** Nothing: the files belong to {@link LinuxProbes}. */
    @Override
    public void close() {}
}
