/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.tcpguard.TcpGuard;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Guards the web server of a Spring Boot application, Tomcat or Reactor Netty, with the properties {@code tcpguard.*}.
 * A {@link TcpGuard} bean of the application's takes the place of the one made here. With {@code
 * tcpguard.enabled=false} (default true) that bean is all there is, and it is inert, so that whoever has it injected
 * runs on.
 */
@AutoConfiguration
public final class TcpGuardAutoConfiguration {

    /** Called by Spring. */
    public TcpGuardAutoConfiguration() {}

    /** Never started where Boot makes no web server. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    TcpGuard tcpGuard(Environment environment) {
        return new GuardProperties(environment).guard();
    }

    /** What guards; absent where nothing is to be guarded. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication
    @ConditionalOnGuard
    static final class Guarding {

        @Bean
        GuardedServers tcpGuardServers(TcpGuard guard, ObjectProvider<WebServerGuard> adapters) {
            return new GuardedServers(guard, adapters.orderedStream().toList());
        }

        @Bean(destroyMethod = "close")
        ReadinessSynchronizer tcpGuardReadiness(
                TcpGuard guard, ApplicationEventPublisher publisher, ApplicationAvailability availability) {
            return new ReadinessSynchronizer(guard, publisher, availability);
        }

        @Bean
        GuardLifecycle tcpGuardLifecycle(TcpGuard guard, GuardedServers servers) {
            return new GuardLifecycle(guard, servers);
        }

        @Bean
        DrainLifecycle tcpGuardDrain(TcpGuard guard, GuardedServers servers, Environment environment) {
            return new DrainLifecycle(guard, servers, new GuardProperties(environment));
        }

        @Bean
        static LazyInitializationExcludeFilter tcpGuardNeverLazy() {
            return LazyInitializationExcludeFilter.forBeanTypes(
                    GuardedServers.class, ReadinessSynchronizer.class, GuardLifecycle.class, DrainLifecycle.class);
        }
    }

    /** Apart, as the next two, so that it is not even read where Tomcat is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.apache.coyote.http11.Http11NioProtocol")
    @ConditionalOnWebApplication
    @ConditionalOnGuard
    static final class OnTomcat {

        @Bean
        TomcatServers tcpGuardTomcat(Environment environment) {
            return new TomcatServers(environment.getProperty(AcceptCount.PROPERTY));
        }

        @Bean
        AcceptCount tcpGuardAcceptCount(TomcatServers servers) {
            return new AcceptCount(servers);
        }
    }

    /** For WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {"reactor.netty.http.server.HttpServer", "org.springframework.http.client.ReactorResourceFactory"})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnGuard
    static final class OnReactorNetty {

        @Bean
        WebServerGuard tcpGuardNetty(ObjectProvider<ReactorResourceFactory> resources) {
            return new NettyServers(resources);
        }
    }

    /** Meters. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.core.instrument.MeterRegistry")
    @ConditionalOnWebApplication
    @ConditionalOnGuard
    static final class Meters {

        @Bean(destroyMethod = "close")
        BoundMeters tcpGuardMeters(TcpGuard guard, ObjectProvider<MeterRegistry> registries) {
            return new BoundMeters(guard, registries);
        }
    }

    /** For people and scripts, where the application exposes it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
                "org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint"
            })
    @ConditionalOnWebApplication
    @ConditionalOnGuard
    static final class OnActuator {

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean
        TcpGuardEndpoint tcpGuardEndpoint(TcpGuard guard) {
            return new TcpGuardEndpoint(guard);
        }
    }
}
