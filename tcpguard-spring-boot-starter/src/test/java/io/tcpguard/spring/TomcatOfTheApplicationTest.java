/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

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
            // By name: the types between context and Tomcat moved from Boot 3.5 to 4.
            Object server = application.getClass().getMethod("getWebServer").invoke(application);
            Tomcat tomcat = (Tomcat) server.getClass().getMethod("getTomcat").invoke(server);

            assertThat(tomcat.getConnector().getProtocolHandlerClassName()).isEqualTo(protocol);
        }
    }
}
