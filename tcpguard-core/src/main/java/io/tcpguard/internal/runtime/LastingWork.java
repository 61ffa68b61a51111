/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.InertListener;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An executor of a {@link LastingListener}, watched while a guard runs. Any thread. */
final class LastingWork implements WatchedWork {
    private static final WatchedWork NONE = InertListener.INSTANCE.watchWork("", Runnable::run);

    private final String name;
    private final Executor executor;
    private final Consumer<LastingWork> onClose;
    private volatile WatchedWork now = NONE;
    /** Guarded by this. */
    private boolean closed;

    LastingWork(String name, Executor executor, Consumer<LastingWork> onClose) {
        this.name = name;
        this.executor = executor;
        this.onClose = onClose;
    }

    synchronized void watchedBy(GuardedListener listener) {
        if (!closed) {
            now = listener.watchWork(name, executor);
        }
    }

    synchronized void over() {
        now.close();
        now = NONE;
    }

    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        return now.admitRequest(source);
    }

    @Override
    public void close() {
        onClose.accept(this);
        synchronized (this) {
            closed = true;
            now.close();
        }
    }
}
