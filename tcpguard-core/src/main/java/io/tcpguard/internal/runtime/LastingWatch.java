/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An executor that belongs to no listener, watched while its guard runs. Any thread. */
final class LastingWatch implements Closeable, LastingRegistrations.Lasting {
    private static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.TcpGuard");

    private final String name;
    private final Executor executor;
    private final Supplier<RunState> runs;
    private final Consumer<LastingWatch> onClose;
    /** Guarded by this, as is what follows. */
    private Closeable now = () -> {};

    private boolean over = true;
    private boolean closed;

    LastingWatch(String name, Executor executor, Supplier<RunState> runs, Consumer<LastingWatch> onClose) {
        this.name = name;
        this.executor = executor;
        this.runs = runs;
        this.onClose = onClose;
    }

    /**
     * Has what runs watch it.
     *
     * @throws IllegalStateException if nothing does
     */
    synchronized RunState register() {
        RunState run = runs.get();
        now = run.watchWork(name, executor);
        over = false;
        return run;
    }

    @Override
    public synchronized void over() {
        over = true;
        end();
    }

    @Override
    public synchronized void begun() {
        if (!over || closed || !runs.get().running()) {
            return;
        }
        try {
            register();
        } catch (RuntimeException | Error e) {
            LOG.warn("the work of {} is not watched: it could not be taken over after a stop", name, e);
        }
    }

    @Override
    public void close() {
        onClose.accept(this);
        synchronized (this) {
            closed = true;
            end();
        }
    }

    private void end() {
        try {
            now.close();
        } catch (IOException e) {
            throw new AssertionError(e); // It ends a watch, and does no I/O.
        }
    }
}
