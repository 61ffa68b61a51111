/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * The guard's life in a context: it starts before the web servers start, and stops when they have stopped, so that a
 * context that is stopped, or a process that is checkpointed, holds neither its health port nor its files.
 */
final class GuardLifecycle implements SmartLifecycle, DisposableBean {
    /** Boot's servers start, and stop, at 2048 below the default, graceful shutdowns at 1024. */
    private static final int BELOW_SERVERS = 4096;

    /** Contexts that run with a guard: with a parent's its children all do, and the last one that stops stops it. */
    private static final Map<TcpGuard, Integer> USERS = new HashMap<>();

    private final TcpGuard guard;
    private final GuardedServers servers;
    private boolean uses;
    private volatile boolean running;

    GuardLifecycle(TcpGuard guard, GuardedServers servers) {
        this.guard = guard;
        this.servers = servers;
    }

    @Override
    public void start() {
        if (!servers.on() || servers.any()) {
            begin();
            servers.begin();
        } else {
            servers.sayWhyNot();
        }
        running = true;
    }

    private void begin() {
        synchronized (USERS) {
            try {
                guard.start();
            } catch (IllegalStateException e) {
                throw new GuardStartException(e);
            }
            uses = true;
            USERS.merge(guard, 1, Integer::sum);
        }
    }

    @Override
    public void stop() {
        running = false;
        synchronized (USERS) {
            int left = USERS.getOrDefault(guard, 1) - 1;
            if (uses && left > 0) {
                USERS.put(guard, left);
            } else if (uses) {
                USERS.remove(guard);
                guard.stop();
            }
            uses = false;
        }
    }

    /** Where a refresh fails late, nobody is stopped before. */
    @Override
    public void destroy() {
        stop();
    }

    /** Whether other contexts go on with the guard when this one has stopped. */
    static boolean isShared(TcpGuard guard) {
        synchronized (USERS) {
            return USERS.getOrDefault(guard, 0) > 1;
        }
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
