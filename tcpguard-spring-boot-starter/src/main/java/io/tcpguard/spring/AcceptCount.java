/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Comes after Boot's own customizers, which set the accept count although nobody said anything, and before the
 * application's.
 */
final class AcceptCount implements WebServerFactoryCustomizer<WebServerFactory>, Ordered {
    static final String PROPERTY = "server.tomcat.accept-count";

    private final TomcatServers servers;

    AcceptCount(TomcatServers servers) {
        this.servers = servers;
    }

    /** Boot's have 0. */
    @Override
    public int getOrder() {
        return 1;
    }

    @Override
    public void customize(WebServerFactory factory) {
        servers.keepAcceptCount(factory);
    }
}
