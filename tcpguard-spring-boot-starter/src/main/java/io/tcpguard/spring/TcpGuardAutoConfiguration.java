package io.tcpguard.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.metrics.TcpGuardMetrics;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Guards the web server of a Spring Boot application, Tomcat or Reactor Netty, with the properties {@code tcpguard.*}. A {@link TcpGuard} bean of the application's takes the place of the one made here.
 * {@code tcpguard.enabled=false} (default true) leaves no trace.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnProperty(prefix = GuardProperties.PREFIX, name = "enabled", havingValue = "true", matchIfMissing = true)
public final class TcpGuardAutoConfiguration {

    /** Called by Spring. */
    public TcpGuardAutoConfiguration() {}

    /** Started when a web server is made, so that nothing runs where Boot makes none. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    TcpGuard tcpGuard(Environment environment) {
        return new GuardProperties(environment).guard();
    }

    @Bean
    GuardedServers tcpGuardServers(TcpGuard guard, ObjectProvider<WebServerGuard> adapters) {
        return new GuardedServers(guard, adapters.orderedStream().toList());
    }

    @Bean(destroyMethod = "close")
    ReadinessInStep tcpGuardReadiness(
            TcpGuard guard, ApplicationEventPublisher publisher, ApplicationAvailability availability) {
        return new ReadinessInStep(guard, publisher, availability);
    }

    @Bean
    Leaving tcpGuardLeaving(TcpGuard guard, GuardedServers servers, Environment environment) {
        GuardProperties properties = new GuardProperties(environment);
        return new Leaving(guard, servers, properties.notice(), properties.finish());
    }

    /** Apart, as the next two, so that it is not even read where Tomcat is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.apache.coyote.http11.Http11NioProtocol")
    static final class OnTomcat {

        @Bean
        WebServerGuard tcpGuardTomcat() {
            return new TomcatServers();
        }
    }

    /** For WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {"reactor.netty.http.server.HttpServer", "org.springframework.http.client.ReactorResourceFactory"})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static final class OnReactorNetty {

        @Bean
        WebServerGuard tcpGuardNetty(ObjectProvider<ReactorResourceFactory> resources) {
            return new NettyServers(resources);
        }
    }

    /** Meters. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.core.instrument.MeterRegistry")
    static final class Meters {

        /** Late, when all registries exist. With several and none of them primary, each gets the meters. */
        @Bean
        SmartInitializingSingleton tcpGuardMeters(TcpGuard guard, ObjectProvider<MeterRegistry> registries) {
            return () -> {
                TcpGuardMetrics meters = new TcpGuardMetrics(guard);
                MeterRegistry one = registries.getIfUnique();
                if (one != null) {
                    meters.bindTo(one);
                } else {
                    registries.orderedStream().forEach(meters::bindTo);
                }
            };
        }
    }
}
