/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.Closeable;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that health checks are answered with when the process has none left. Two: if another thread is faster
 * than accept when one is given up, there is one more. On the I/O thread.
 */
final class SpareDescriptors implements Closeable {
    private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(50);

    private final Poller poller;
    private final SpareDescriptor[] spares;
    private long triedAt;
    private boolean oneCameBack;

    /** @param affordable false where so few descriptors are that none can be spared */
    SpareDescriptors(Poller poller, boolean affordable) {
        this.poller = poller;
        spares = new SpareDescriptor[] {new SpareDescriptor(affordable), new SpareDescriptor(affordable)};
    }

    void take() {
        for (SpareDescriptor spare : spares) {
            spare.take();
        }
    }

    /** Gives one up. False if none was held. */
    boolean release(long now) {
        for (SpareDescriptor spare : spares) {
            if (spare.release()) {
                triedAt = now;
                return true;
            }
        }
        return false;
    }

    /** Another thread was faster than accept. */
    void lost(long now) {
        triedAt = now;
    }

    /** Takes a connection that is over: as a spare if one lacks, else closes it. */
    void giveBack(SocketChannel channel) {
        SpareDescriptor spare = lacking();
        if (spare != null) {
            spare.keep(channel, poller);
        } else {
            poller.close(channel);
        }
        oneCameBack = true;
    }

    /** To be called after a flush: at once when a descriptor has just come back, before another thread takes it. */
    void refill(long now) {
        if (lacking() != null && (oneCameBack || now - triedAt >= RETRY)) {
            triedAt = now;
            take();
        }
        oneCameBack = false;
    }

    /** Nanoseconds until {@link #refill} tries again; {@link Long#MAX_VALUE}: none lacks. */
    long left(long now) {
        return lacking() == null ? Long.MAX_VALUE : RETRY - (now - triedAt);
    }

    private @Nullable SpareDescriptor lacking() {
        for (SpareDescriptor spare : spares) {
            if (!spare.held()) {
                return spare;
            }
        }
        return null;
    }

    @Override
    public void close() {
        for (SpareDescriptor spare : spares) {
            spare.close();
        }
    }
}
