/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * What is in progress on one connection, and whether all of it waits for the client, who owes the rest of a body or
 * does not take its answers: {@link ConnectionHandle#unfinished} follows it. Any thread, no lock.
 */
public final class RequestsInProgress {
    private static final long OPEN = 1L << 32;

    private final ConnectionHandle handle;
    /** Open ones above, several at a time with HTTP/2; those that wait for their body below. */
    private final AtomicLong counts = new AtomicLong();

    private volatile boolean writeBlocked;
    private volatile boolean asked;
    private volatile boolean said;

    /** @param handle the connection's */
    public RequestsInProgress(ConnectionHandle handle) {
        this.handle = handle;
    }

    /** The connection's handle. */
    public ConnectionHandle handle() {
        return handle;
    }

    /**
     * Whether a proxy says that it passes a request on for somebody: {@code X-Forwarded-For}, or RFC 7239's {@code
     * Forwarded}. Allocates nothing.
     *
     * @param has whether there is a header of that name, which is in lower case
     */
    public static <H> boolean isForwarded(H headers, BiPredicate<H, String> has) {
        return has.test(headers, "x-forwarded-for") || has.test(headers, "forwarded");
    }

    /**
     * A request came. Each true answer needs one {@link #end()}.
     *
     * @return false if the connection is being evicted: drop the request
     */
    public boolean begin() {
        if (!handle.begin()) {
            return false;
        }
        if (!asked) {
            asked = true;
        }
        changed(counts.addAndGet(OPEN));
        return true;
    }

    /**
     * The same; of the first request it is looked whether its client speaks for others.
     *
     * @param hasHeader whether the request has a header of this name
     * @see ConnectionHandle#forwards()
     */
    public boolean begin(Predicate<String> hasHeader) {
        if (!asked && isForwarded(hasHeader, Predicate::test)) {
            handle.forwards();
        }
        return begin();
    }

    /** A request's answer is written, or has failed. */
    public void end() {
        long now = counts.updateAndGet(RequestsInProgress::oneLess);
        if (now == 0) {
            writeBlocked = false;
        }
        changed(now);
        handle.end();
    }

    /** With the last one nothing waits for its body any more, whatever was said of it. */
    private static long oneLess(long counts) {
        return counts < 2 * OPEN ? 0 : counts - OPEN;
    }

    /** A request waits for bytes of its body, or waits no more. */
    public void waitsForBody(boolean now) {
        changed(now ? counts.incrementAndGet() : counts.updateAndGet(value -> (int) value > 0 ? value - 1 : value));
    }

    /** The client takes no bytes, or does again. May be said again and again. */
    public void writeBlocked(boolean now) {
        if (writeBlocked != now) {
            writeBlocked = now;
            changed(counts.get());
        }
    }

    /** Whether a request was ever begun. */
    public boolean asked() {
        return asked;
    }

    /** Whether all that is in progress here waits for the client. */
    public boolean waitsForClient() {
        return waitsForClient(counts.get());
    }

    private boolean waitsForClient(long value) {
        int open = (int) (value >> 32);
        return open > 0 && (writeBlocked || (int) value >= open);
    }

    private void changed(long value) {
        if (said || waitsForClient(value)) {
            say();
        }
    }

    /** Of two threads that say it at once, the last one looks after both have written. */
    private void say() {
        boolean waits;
        do {
            waits = waitsForClient();
            said = waits;
            handle.unfinished(waits);
        } while (waits != waitsForClient());
    }
}
