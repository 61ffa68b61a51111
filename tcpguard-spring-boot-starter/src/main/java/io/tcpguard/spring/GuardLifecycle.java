/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import org.springframework.context.SmartLifecycle;

/**
 * The guard's life in a context: it starts before the web servers start, and stops when they have stopped, so that a
 * context that is stopped, or a process that is checkpointed, holds neither its health port nor its files.
 */
final class GuardLifecycle implements SmartLifecycle {
    /** Boot's servers start, and stop, at 2048 below the default, graceful shutdowns at 1024. */
    private static final int BELOW_SERVERS = 4096;

    private final TcpGuard guard;
    private final GuardedServers servers;
    private volatile boolean running;

    GuardLifecycle(TcpGuard guard, GuardedServers servers) {
        this.guard = guard;
        this.servers = servers;
    }

    @Override
    public void start() {
        if (!servers.on() || !servers.inUse().isEmpty()) {
            try {
                guard.start();
            } catch (IllegalStateException e) {
                throw new GuardStartException(e);
            }
            servers.begin();
        }
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        guard.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - BELOW_SERVERS;
    }

    /** Spring Framework 7 asks: web servers serve on while a context pauses, and so does their guard. */
    public boolean isPauseable() {
        return false;
    }
}
