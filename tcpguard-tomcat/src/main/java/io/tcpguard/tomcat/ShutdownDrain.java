/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import java.time.Duration;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drains and stops a server when the JVM shuts down, unless it was stopped before. */
final class ShutdownDrain implements LifecycleListener {
    private static final Logger log = LoggerFactory.getLogger(ShutdownDrain.class);

    private final TcpGuard guard;
    private final Server server;
    private final Duration notice;
    private final Duration finish;
    private final Thread hook = new Thread(this::drain, "tcpguard-shutdown");

    ShutdownDrain(TcpGuard guard, Server server, Duration notice, Duration finish) {
        this.guard = guard;
        this.server = server;
        this.notice = notice;
        this.finish = finish;
    }

    void install() {
        Runtime.getRuntime().addShutdownHook(hook);
        server.addLifecycleListener(this);
    }

    private void drain() {
        try {
            TomcatGuard.drainAndStop(guard, server, notice, finish);
        } catch (LifecycleException | RuntimeException e) {
            log.warn("The server failed to stop", e);
        } catch (InterruptedException e) {
            // Whoever interrupts wants the end now.
            Thread.currentThread().interrupt();
        }
        guard.close();
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (Lifecycle.AFTER_STOP_EVENT.equals(event.getType()) && Thread.currentThread() != hook) {
            server.removeLifecycleListener(this);
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                log.debug("The JVM shuts down already: the hook finds a server that is stopped", e);
            }
        }
    }
}
