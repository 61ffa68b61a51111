/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * A management server on a port of its own has a context of its own, where the application's customizers are not asked.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
final class ManagementServerConfiguration {

    @Bean
    Passed tcpGuardManagementServers(ObjectProvider<GuardedServers> servers) {
        return new Passed(servers.getIfAvailable(), Ordered.HIGHEST_PRECEDENCE);
    }

    @Bean
    Passed tcpGuardManagementAcceptCount(ObjectProvider<AcceptCount> acceptCount) {
        return new Passed(acceptCount.getIfAvailable(), 1);
    }

    /** To the parent's customizer; to nobody where there is no guard. */
    record Passed(@Nullable WebServerFactoryCustomizer<WebServerFactory> to, int order)
            implements WebServerFactoryCustomizer<WebServerFactory>, Ordered {
        @Override
        public void customize(WebServerFactory factory) {
            if (to != null) {
                to.customize(factory);
            }
        }

        @Override
        public int getOrder() {
            return order;
        }
    }
}
