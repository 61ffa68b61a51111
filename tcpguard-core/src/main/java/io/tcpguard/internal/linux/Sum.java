package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import org.jspecify.annotations.Nullable;

/** Two numbers together; unknown if one of them is. */
final class Sum implements Figure {
    private static final Trouble ABSURD = new Trouble(Cause.MALFORMED, "the numbers are too large to be true");

    private final Figure one;
    private final Figure other;
    private @Nullable Trouble trouble;

    Sum(Figure one, Figure other) {
        this.one = one;
        this.other = other;
    }

    @Override
    public long at(long nowNanos) {
        long first = one.at(nowNanos);
        if (first < 0) {
            trouble = one.trouble();
            return ProcText.NONE;
        }
        long second = other.at(nowNanos);
        if (second < 0) {
            trouble = other.trouble();
            return ProcText.NONE;
        }
        if (second > Long.MAX_VALUE - first) {
            trouble = ABSURD;
            return ProcText.NONE;
        }
        return first + second;
    }

    @Override
    public @Nullable Trouble trouble() {
        return trouble;
    }
}
