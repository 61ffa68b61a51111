/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** The web servers, each given to the adapter that knows it. */
final class GuardedServers implements WebServerFactoryCustomizer<WebServerFactory>, Ordered {
    private static final Logger log = LoggerFactory.getLogger(GuardedServers.class);

    private final TcpGuard guard;
    private final List<WebServerGuard> adapters;
    private final Set<WebServerGuard> inUse = new CopyOnWriteArraySet<>();
    /** Nothing is guarded. */
    private volatile String why = "Spring Boot makes no web server here; a container's own is guarded from its side";

    GuardedServers(TcpGuard guard, List<WebServerGuard> adapters) {
        this.guard = guard;
        this.adapters = adapters;
    }

    /** Before the application's own customizers: what they say about the server counts. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    /** Whether there is a server to guard. */
    boolean any() {
        return inUse.stream().anyMatch(WebServerGuard::serves);
    }

    /**
     * Whether it may do anything: a context that was processed ahead of time has these beans though it is switched off
     * now.
     */
    boolean on() {
        return guard.config().flag(Setting.ENABLED);
    }

    @Override
    public void customize(WebServerFactory factory) {
        if (!on()) {
            return;
        }
        for (WebServerGuard adapter : adapters) {
            if (adapter.guard(factory, guard)) {
                inUse.add(adapter);
                return;
            }
        }
        why = "no adapter on the class path knows what " + factory.getClass().getName() + " makes";
    }

    /** Where none is in use. */
    void sayWhyNot() {
        log.info("tcpguard is not active: {}", why);
    }

    /** The guard runs, the servers not yet. */
    void begin() {
        inUse.forEach(adapter -> adapter.begin(guard));
    }

    /** The servers run, too. */
    void started() {
        inUse.forEach(adapter -> adapter.started(guard));
    }

    /** One kind of server is in use, as a rule. */
    void drain(Duration notice, Duration finish) throws InterruptedException {
        for (WebServerGuard adapter : inUse) {
            adapter.drain(guard, notice, finish);
        }
    }
}
