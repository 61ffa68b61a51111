/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What becomes of one admitted connection before its event loop has it and its pipeline is made. Any thread. */
final class ChildFate {
    private final Channel child;
    private final ServedChildren children;
    private final AtomicBoolean known = new AtomicBoolean();

    ChildFate(Channel child, ServedChildren children) {
        this.child = child;
        this.children = children;
    }

    /** Its event loop has it. */
    void served() {
        if (known.compareAndSet(false, true)) {
            children.served();
        }
    }

    /** It is closed. */
    void closed(boolean evicted) {
        if (known.compareAndSet(false, true)) {
            if (evicted || refusedByApplication()) {
                children.gaveWay();
            } else {
                children.lost(System.nanoTime());
            }
        }
    }

    /**
     * Whether the application closes it on purpose, as strangers may make it do: before any event loop was chosen, or
     * while it makes the pipeline. A pipeline that fails is closed by Netty's initializer, in {@code exceptionCaught}.
     */
    private boolean refusedByApplication() {
        try {
            return child.isRegistered()
                    ? StackWalker.getInstance()
                            .walk(frames ->
                                    frames.noneMatch(f -> f.getMethodName().equals("exceptionCaught")))
                    : loopOf(child) == null;
        } catch (RuntimeException | Error e) {
            NettyLog.LOG.debug("{}: why it was closed is not known", child, e);
            return true;
        }
    }

    /** Whether it is known what becomes of it. */
    boolean known() {
        return known.get();
    }

    /** The one that is to serve it; null if none was chosen yet. */
    static @Nullable EventLoop loopOf(Channel child) {
        try {
            return child.eventLoop();
        } catch (IllegalStateException none) {
            return null;
        }
    }
}
