package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/**
 * Local ports that outgoing connections can have at most: no counter of the kernel's says how many they do.
 *
 * <p>Two bounds, of which the lower counts: all TCP sockets of the namespace, TIME_WAIT too; and all that were ever connected
 * from it (ActiveOpens of {@code snmp}), so that a server that never calls out has none, whatever its clients do.
 */
final class OutgoingPorts implements Figure {
    private final Figure sockets;
    private final CounterTable opens;

    OutgoingPorts(Figure sockets, ProcFile snmp) {
        this.sockets = sockets;
        this.opens = new CounterTable(snmp, "Tcp:", "ActiveOpens");
    }

    @Override
    public long at(long nowNanos) {
        long bound = sockets.at(nowNanos);
        if (bound < 0 || !opens.read(nowNanos) || opens.value(0) < 0) {
            return bound;
        }
        return Math.min(bound, opens.value(0));
    }

    /** Of the first bound only: without the second one the number is larger, but as true. */
    @Override
    public @Nullable Trouble trouble() {
        return sockets.trouble();
    }
}
