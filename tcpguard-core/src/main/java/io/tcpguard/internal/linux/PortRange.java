package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import org.jspecify.annotations.Nullable;

/** How many ports {@code net.ipv4.ip_local_port_range} has: both ends belong to it. */
final class PortRange implements Figure {
    private static final Trouble ABSURD =
            new Trouble(Cause.MALFORMED, "ip_local_port_range: the last port is not above the first, or is no port");

    private final Figure first;
    private final Figure last;
    private @Nullable Trouble trouble;

    PortRange(ProcFile file) {
        this.first = Sysctl.setting(file, 0, 2);
        this.last = Sysctl.setting(file, 1, 2);
    }

    @Override
    public long at(long nowNanos) {
        long from = first.at(nowNanos);
        if (from < 0) {
            trouble = first.trouble();
            return ProcText.NONE;
        }
        long to = last.at(nowNanos);
        if (to < 0) {
            trouble = last.trouble();
            return ProcText.NONE;
        }
        trouble = to < from || to > 0xFFFF ? ABSURD : null;
        return trouble == null ? to - from + 1 : ProcText.NONE;
    }

    @Override
    public @Nullable Trouble trouble() {
        return trouble;
    }
}
