/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.PriorityOrdered;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class TomcatOfTheApplicationTest {
    private final Example example;

    TomcatOfTheApplicationTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @ParameterizedTest
    @CsvSource({"true, io.tcpguard.tomcat.GuardedHttp11NioProtocol", "false, org.apache.coyote.http11.Http11NioProtocol"
    })
    void hasTheGuardedProtocolUnlessTheGuardIsDisabled(boolean enabled, String protocol) throws Exception {
        try (ConfigurableApplicationContext application = example.start("--tcpguard.enabled=" + enabled)) {
            assertThat(protocolOf(application)).isEqualTo(protocol);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.apache.coyote.http11.Http11Nio2Protocol", "org.apache.coyote.ajp.AjpNio2Protocol"})
    void speaksTheProtocolThatTheApplicationsFactoryHas(String protocol) throws Exception {
        try (ConfigurableApplicationContext application =
                example.start(Map.of(OwnFactory.class, () -> new OwnFactory(protocol)), "--x=y")) {
            assertThat(protocolOf(application)).isEqualTo(protocol);
        }
    }

    private static String protocolOf(ConfigurableApplicationContext application) throws Exception {
        // By name: the types between context and Tomcat moved from Boot 3.5 to 4.
        Object server = application.getClass().getMethod("getWebServer").invoke(application);
        Tomcat tomcat = (Tomcat) server.getClass().getMethod("getTomcat").invoke(server);
        return tomcat.getConnector().getProtocolHandlerClassName();
    }

    /** Stands for a factory bean of the application's, whose type moved, too. */
    record OwnFactory(String protocol) implements BeanPostProcessor, PriorityOrdered {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean instanceof WebServerFactory factory) {
                PropertyAccessorFactory.forBeanPropertyAccess(bean).setPropertyValue("protocol", protocol);
                try {
                    FactoryCustomizers.of(factory, "addConnectorCustomizers", "TomcatConnectorCustomizer")
                            .orElseThrow()
                            .add(connector -> ((Connector) Objects.requireNonNull(connector))
                                    .setProperty("secretRequired", "false"));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError(e.getMessage(), e);
                }
            }
            return bean;
        }

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }
}
