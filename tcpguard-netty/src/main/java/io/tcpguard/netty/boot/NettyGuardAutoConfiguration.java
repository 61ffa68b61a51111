package io.tcpguard.netty.boot;

import io.tcpguard.boot.WebServerGuard;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;

/** Has the Reactor Netty of a Spring Boot application guarded. */
@AutoConfiguration
@ConditionalOnClass(
        name = {"reactor.netty.http.server.HttpServer", "org.springframework.http.client.ReactorResourceFactory"})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnProperty(prefix = "tcpguard", name = "enabled", havingValue = "true", matchIfMissing = true)
public final class NettyGuardAutoConfiguration {

    /** Called by Spring. */
    public NettyGuardAutoConfiguration() {}

    @Bean
    WebServerGuard tcpGuardNetty(ObjectProvider<ReactorResourceFactory> resources) {
        return new NettyServers(resources);
    }
}
