package io.tcpguard.tomcat.boot;

import io.tcpguard.boot.WebServerGuard;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/** Has the Tomcat of a Spring Boot application guarded. */
@AutoConfiguration
@ConditionalOnClass(name = "org.apache.coyote.http11.Http11NioProtocol")
@ConditionalOnWebApplication
@ConditionalOnProperty(prefix = "tcpguard", name = "enabled", havingValue = "true", matchIfMissing = true)
public final class TomcatGuardAutoConfiguration {

    /** Called by Spring. */
    public TomcatGuardAutoConfiguration() {}

    @Bean
    WebServerGuard tcpGuardTomcat() {
        return new TomcatServers();
    }
}
