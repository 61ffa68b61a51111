/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.state.Level;
import io.tcpguard.state.Trend;
import org.jspecify.annotations.Nullable;

/**
 * The reason in words. Made anew when what it speaks of changes, and while that lasts as often as its figures may be
 * old.
 */
final class Sentence {
    private final long oldest;
    private @Nullable Watch about;
    private Level level = Level.NORMAL;
    private Trend.Kind grows = Trend.Kind.CALM;
    private long madeAt;
    private String text = "";

    Sentence(long oldestNanos) {
        oldest = oldestNanos;
    }

    boolean stands(Watch watch, Level now, Trend.Kind trend, long nanos) {
        return watch == about && now == level && trend == grows && nanos - madeAt < oldest;
    }

    String text() {
        return text;
    }

    /** The same object if it says the same. */
    String say(Watch watch, Level now, Trend.Kind trend, String newest, long nanos) {
        about = watch;
        level = now;
        grows = trend;
        madeAt = nanos;
        if (!newest.equals(text)) {
            text = newest;
        }
        return text;
    }
}
