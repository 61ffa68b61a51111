package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import org.jspecify.annotations.Nullable;

/** 0 where the kernel does not have the thing at all (no IPv6: no sockets of it); any other trouble stays. */
final class OrNone implements Figure {
    private final Figure figure;

    OrNone(Figure figure) {
        this.figure = figure;
    }

    @Override
    public long at(long nowNanos) {
        long value = figure.at(nowNanos);
        Trouble why = value < 0 ? figure.trouble() : null;
        return why != null && why.cause() == Cause.NOT_SUPPORTED ? 0 : value;
    }

    @Override
    public @Nullable Trouble trouble() {
        return figure.trouble();
    }
}
