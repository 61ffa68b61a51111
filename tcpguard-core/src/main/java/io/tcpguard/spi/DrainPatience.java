/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * When a connection may be closed while its server drains, so that no request is lost that is on its way. One drain's,
 * on its thread; times are {@link System#nanoTime()}'s.
 *
 * @param <C> a connection: the same object at each look
 */
public final class DrainPatience<C> {
    /** Idle at two looks in a row: what is between the socket and its thread is no more idle at the second. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(Pacing.CLOSE_GRACE_MILLIS);

    /** After a close that came to nothing, since the connection was at work by then. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Map<C, Long> idleSince = new HashMap<>();
    private final Map<C, Long> closingSince = new HashMap<>();

    /** Nothing was looked at yet. */
    public DrainPatience() {}

    /**
     * One look at a connection: whether to close it now. Then it is not to be closed again within 200 ms.
     *
     * @param atWork whether anything is in progress on it
     * @param asked whether a request was ever begun on it, and its client is not expected to close; else it has a
     *     second, since its first request or its close may be on its way
     */
    public boolean mayClose(C connection, boolean atWork, boolean asked, long now) {
        if (atWork) {
            idleSince.remove(connection);
            return false;
        }
        Long since = idleSince.putIfAbsent(connection, now);
        if (since == null || now - since < (asked ? IDLE_NANOS : GRACE_NANOS)) {
            return false;
        }
        idleSince.put(connection, now + AGAIN_NANOS);
        return true;
    }

    /** Its close has begun, now or earlier. */
    public void closing(C connection, long now) {
        closingSince.putIfAbsent(connection, now);
    }

    /** Whether its close was said to have begun. */
    public boolean isClosing(C connection) {
        return closingSince.containsKey(connection);
    }

    /** Whether its close has taken as long as a close may ({@link Pacing#CLOSE_GRACE_MILLIS}). */
    public boolean isOverdue(C connection, long now) {
        Long since = closingSince.get(connection);
        return since != null && now - since >= GRACE_NANOS;
    }
}
