/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import org.jspecify.annotations.Nullable;

/**
 * Local ports: how many {@code net.ipv4.ip_local_port_range} has, and how many of them outgoing connections can have at
 * most. No counter of the kernel's says how many they do.
 *
 * <p>Two bounds, of which the lower counts: all TCP sockets of the namespace, TIME_WAIT too; and all that were ever
 * connected from it (ActiveOpens of {@code snmp}), so that a server that never calls out has none, whatever its clients
 * do.
 */
final class LocalPortUse {
    /** {@code snmp} costs the kernel 11 µs, five times what the sockets cost. */
    private static final long OPENS_MAX_AGE_NANOS = 1_000_000_000L;

    private static final ReadFailure NO_RANGE = new ReadFailure(
            Cause.MALFORMED, "ip_local_port_range: the last port is not above the first, or is no port");
    private static final ReadFailure TOO_MANY =
            new ReadFailure(Cause.MALFORMED, "the numbers are too large to be true");

    private final KernelValue[] sockets;
    private final KernelValue inUse6;
    private final CounterTable opens;
    private final KernelValue first;
    private final KernelValue last;
    private boolean opensKnown;
    private boolean looked;
    private long lookedNanos;
    private @Nullable ReadFailure trouble;

    /**
     * @param inUse6 IPv6's, or what bounds them; none where the kernel has no IPv6
     * @param range the setting, both ends of which belong to it
     */
    LocalPortUse(KernelValue inUse, KernelValue inUse6, KernelValue timeWait, ProcFile snmp, ProcFile range) {
        this.sockets = new KernelValue[] {inUse, inUse6, timeWait};
        this.inUse6 = inUse6;
        this.opens = new CounterTable(snmp, "Tcp:", "ActiveOpens");
        this.first = Sysctl.setting(range, 0, 2);
        this.last = Sysctl.setting(range, 1, 2);
    }

    /** Ports in the range; -1 if they are not known, and then {@link #trouble()} says why. */
    long all(long nowNanos) {
        long from = known(first, nowNanos);
        long to = from < 0 ? from : known(last, nowNanos);
        if (to >= 0 && (to < from || to > 0xFFFF)) {
            trouble = NO_RANGE;
            return ProcText.NONE;
        }
        return to < 0 ? ProcText.NONE : to - from + 1;
    }

    /** Ports in use at most; -1 if that is not known, and then {@link #trouble()} says why. */
    long used(long nowNanos) {
        long bound = sockets(nowNanos);
        if (bound < 0) {
            return bound;
        }
        // The count only grows: while it is no bound, it need not be known any better; when it is one, a second late is
        // soon enough. Where it is not known the first bound is larger, but as true.
        boolean noBound = opensKnown && opens.value(0) >= bound;
        if (!noBound && (!looked || nowNanos - lookedNanos >= OPENS_MAX_AGE_NANOS)) {
            looked = true;
            lookedNanos = nowNanos;
            opensKnown = opens.read(nowNanos) && opens.value(0) >= 0;
        }
        return opensKnown ? Math.min(bound, opens.value(0)) : bound;
    }

    private long sockets(long nowNanos) {
        long sum = 0;
        for (KernelValue figure : sockets) {
            long some = known(figure, nowNanos);
            if (some < 0) {
                return some;
            }
            if (some > Long.MAX_VALUE - sum) {
                trouble = TOO_MANY;
                return ProcText.NONE;
            }
            sum += some;
        }
        return sum;
    }

    private long known(KernelValue figure, long nowNanos) {
        long value = figure.at(nowNanos);
        trouble = value < 0 ? figure.trouble() : null;
        boolean noIpv6 = figure == inUse6 && trouble != null && trouble.cause() == Cause.NOT_SUPPORTED;
        return noIpv6 ? 0 : value;
    }

    /** Why the last answer was -1; null if it was not. */
    @Nullable ReadFailure trouble() {
        return trouble;
    }
}
