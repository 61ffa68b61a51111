/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.util.Objects;

/**
 * Where the descriptors are going, by their growth over the last ten seconds, or the last ten minutes if they go on
 * growing for so long by something other than connections.
 *
 * @param kind what grows
 * @param perSecond descriptors more each second; 0 when calm
 * @param secondsLeft until none is left at this pace; {@link Long#MAX_VALUE} when calm
 */
public record Trend(Kind kind, double perSecond, long secondsLeft) {

    /** What grows. */
    public enum Kind {
        /** Nothing that matters. */
        CALM,
        /** Own connections, and perhaps what goes with them: clients come faster than they leave. */
        FLOOD,
        /** Steadily something else, while own connections do not: files or outgoing connections that nobody closes. */
        LEAK
    }

    /** Nothing grows, or nothing is known. */
    public static final Trend CALM = new Trend(Kind.CALM, 0, Long.MAX_VALUE);

    /**
     * Refuses nonsense.
     *
     * @throws IllegalArgumentException if something grows by nothing or time is negative
     */
    public Trend {
        Objects.requireNonNull(kind, "kind");
        if ((kind == Kind.CALM) == (perSecond > 0) || !(perSecond >= 0) || secondsLeft < 0) {
            throw new IllegalArgumentException("kind=" + kind + " perSecond=" + perSecond + " secondsLeft="
                    + secondsLeft + " (expected: perSecond 0 when CALM, else above 0; secondsLeft >= 0)");
        }
    }

    /** For a person; empty when calm. */
    public String sentence() {
        return switch (kind) {
            case CALM -> "";
            case FLOOD -> "at this pace none is left in " + time() + "; it is connections that grow";
            case LEAK -> "at this pace none is left in " + time() + "; it is not connections that grow: a leak";
        };
    }

    private String time() {
        if (secondsLeft < 600) {
            return secondsLeft + " s";
        }
        return secondsLeft < 36_000 ? secondsLeft / 60 + " min" : secondsLeft / 3600 + " h";
    }
}
