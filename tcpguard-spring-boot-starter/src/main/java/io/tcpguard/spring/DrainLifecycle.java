/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Fails health when the application stops, before the web server does (its phases are lower), and waits as long as was
 * asked for; when it starts, after the server, takes under guard what can only be seen then.
 */
final class DrainLifecycle implements SmartLifecycle {
    private final TcpGuard guard;
    private final GuardedServers servers;
    private final Duration notice;
    private final Duration finish;
    private volatile boolean running;

    DrainLifecycle(TcpGuard guard, GuardedServers servers, GuardProperties properties) {
        this.guard = guard;
        this.servers = servers;
        this.notice = properties.duration(Setting.NOTICE, guard);
        this.finish = properties.duration(Setting.FINISH, guard);
    }

    @Override
    public void start() {
        running = true;
        servers.started();
    }

    @Override
    public void stop() {
        running = false;
        try {
            servers.drain(notice, finish);
        } catch (InterruptedException e) {
            // Whoever interrupts wants the stop now.
            Thread.currentThread().interrupt();
        }
        if (GuardLifecycle.isShared(guard)) {
            guard.resume();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    /** Spring Framework 7 asks: web servers serve on while a context pauses. */
    public boolean isPauseable() {
        return false;
    }
}
