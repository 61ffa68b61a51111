/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicBoolean;

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
        return child.isRegistered()
                ? StackWalker.getInstance()
                        .walk(frames -> frames.noneMatch(f -> f.getMethodName().equals("exceptionCaught")))
                : !hasLoop();
    }

    private boolean hasLoop() {
        try {
            return child.eventLoop() != null;
        } catch (IllegalStateException none) {
            return false;
        }
    }
}
