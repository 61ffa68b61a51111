/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The selector, and the one thing that is odd about it: a registered channel that is closed gives its descriptor back
 * only at the next select (java.nio.channels.SelectableChannel, "closed"). So whoever counts descriptors counts after
 * {@link #flush}.
 */
final class Poller implements Closeable {
    private final @Nullable Selector selector;
    private volatile @Nullable Thread sleeper;
    private boolean unflushed;

    Poller() throws IOException {
        this(true);
    }

    /** @param needed false: it only sleeps and wakes, for no descriptor; nothing can be registered */
    Poller(boolean needed) throws IOException {
        selector = needed ? Selector.open() : null;
    }

    SelectionKey register(SelectableChannel channel, int ops, SelectionHandler ready) throws IOException {
        if (selector == null) {
            throw new IOException("no selector is open");
        }
        channel.configureBlocking(false);
        return channel.register(selector, ops, ready);
    }

    /** Waits for that long at most; 0 or less: not at all; {@link Long#MAX_VALUE}: for ever. */
    Set<SelectionKey> select(long nanos) throws IOException {
        if (selector == null) {
            sleep(nanos);
            return Set.of();
        }
        // Keys that a flush found ready are still in the set: they must be served, not waited for.
        if (nanos <= 0 || !selector.selectedKeys().isEmpty()) {
            selector.selectNow();
        } else if (nanos == Long.MAX_VALUE) {
            selector.select();
        } else {
            selector.select(Math.max(1, (nanos + 999_999) / 1_000_000));
        }
        unflushed = false;
        return selector.selectedKeys();
    }

    private void sleep(long nanos) {
        sleeper = Thread.currentThread();
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    /**
     * Asks the kernel afresh: what an earlier select said may be served by now. Not while the selected keys are walked.
     */
    boolean readyNow(SelectionKey key) throws IOException {
        if (selector == null) {
            return false;
        }
        selector.selectedKeys().remove(key);
        selector.selectNow();
        unflushed = false;
        return selector.selectedKeys().contains(key);
    }

    /** Looks at this channel no more; it can be closed at once after the next {@link #flush}. */
    void deregister(SelectableChannel channel) {
        SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.cancel();
            unflushed = true;
        }
    }

    /** Closes the channel; its descriptor is free after the next {@link #flush}. */
    void close(Closeable channel) {
        unflushed = true;
        Quietly.close(channel);
    }

    /** Makes the kernel take back the descriptors of all channels closed so far. */
    void flush() throws IOException {
        if (unflushed && selector != null) {
            selector.selectNow();
            unflushed = false;
        }
    }

    void wakeup() {
        if (selector == null) {
            LockSupport.unpark(sleeper);
        } else {
            selector.wakeup();
        }
    }

    @Override
    public void close() {
        if (selector != null) {
            Quietly.close(selector);
        }
    }
}
