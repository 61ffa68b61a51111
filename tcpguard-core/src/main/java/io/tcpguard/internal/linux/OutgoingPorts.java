package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/**
 * Local ports that outgoing connections can have at most: no counter of the kernel's says how many they do.
 *
 * <p>Two bounds, of which the lower counts: all TCP sockets of the namespace, TIME_WAIT too; and all that were ever connected
 * from it (ActiveOpens of {@code snmp}), so that a server that never calls out has none, whatever its clients do.
 */
final class OutgoingPorts implements Figure {
    /** {@code snmp} costs the kernel 11 µs, five times what the sockets cost. */
    private static final long OPENS_MAX_AGE_NANOS = 1_000_000_000L;

    private final Figure sockets;
    private final CounterTable opens;

    private boolean opensKnown;
    private boolean looked;
    private long lookedNanos;

    OutgoingPorts(Figure sockets, ProcFile snmp) {
        this.sockets = sockets;
        this.opens = new CounterTable(snmp, "Tcp:", "ActiveOpens");
    }

    @Override
    public long at(long nowNanos) {
        long bound = sockets.at(nowNanos);
        if (bound < 0) {
            return bound;
        }
        // The count only grows: while it is no bound, it need not be known any better; when it is one, a second late is
        // soon enough.
        boolean noBound = opensKnown && opens.value(0) >= bound;
        if (!noBound && (!looked || nowNanos - lookedNanos >= OPENS_MAX_AGE_NANOS)) {
            looked = true;
            lookedNanos = nowNanos;
            opensKnown = opens.read(nowNanos) && opens.value(0) >= 0;
        }
        return opensKnown ? Math.min(bound, opens.value(0)) : bound;
    }

    /** Of the first bound only: without the second one the number is larger, but as true. */
    @Override
    public @Nullable Trouble trouble() {
        return sockets.trouble();
    }
}
