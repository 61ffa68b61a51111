/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.spring.app.TestApplication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The application of the module that these tests run in, else this one's, with its own directory for what a server
 * leaves.
 */
record Example(Path base) {
    ConfigurableApplicationContext start(String... arguments) throws ClassNotFoundException {
        return start(Map.of(), arguments);
    }

    /** With this property source first, as a test context has its own. */
    ConfigurableApplicationContext start(PropertySource<?> first, String... arguments) throws ClassNotFoundException {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(first);
        return run(application -> application.setEnvironment(environment), arguments);
    }

    /** With these beans. */
    <T> ConfigurableApplicationContext start(Map<Class<? extends T>, Supplier<? extends T>> beans, String... arguments)
            throws ClassNotFoundException {
        return run(
                application -> application.addInitializers(context ->
                        beans.forEach((type, made) -> register((GenericApplicationContext) context, type, made))),
                arguments);
    }

    @SuppressWarnings("unchecked")
    private static <T> void register(GenericApplicationContext context, Class<?> type, Supplier<? extends T> made) {
        context.registerBean((Class<T>) type, (Supplier<T>) made);
    }

    ConfigurableApplicationContext run(Consumer<SpringApplication> prepare, String... arguments)
            throws ClassNotFoundException {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                // Boot deletes its own directory only if Tomcat left nothing in it.
                "--server.tomcat.basedir=" + base,
                "--management.endpoint.health.probes.enabled=true",
                "--tcpguard.health-port=0",
                "--tcpguard.health-address=127.0.0.1",
                "--spring.main.banner-mode=off"));
        for (String argument : arguments) {
            // The last of a name counts.
            String name = argument.substring(0, argument.indexOf('=') + 1);
            all.removeIf(one -> one.startsWith(name));
            all.add(argument);
        }
        SpringApplication application = new SpringApplication(
                Class.forName(System.getProperty("example.application", TestApplication.class.getName())));
        application.addInitializers(context -> context.getBeanFactory().addBeanPostProcessor(new NoQuietPeriod()));
        prepare.accept(application);
        return application.run(all.toArray(String[]::new));
    }

    /** Reactor Netty's event loops wait two seconds for more work at the end of each context. No test is about that. */
    private static final class NoQuietPeriod implements BeanPostProcessor {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean.getClass().getName().equals("org.springframework.http.client.ReactorResourceFactory")) {
                PropertyAccessorFactory.forBeanPropertyAccess(bean)
                        .setPropertyValue("shutdownQuietPeriod", Duration.ZERO);
            }
            return bean;
        }
    }

    /** As a child of this one. */
    ConfigurableApplicationContext startIn(ApplicationContext parent, String... arguments)
            throws ClassNotFoundException {
        return run(application -> application.addInitializers(context -> context.setParent(parent)), arguments);
    }

    static int managementPort(ConfigurableApplicationContext application) {
        return Integer.parseInt(application.getEnvironment().getRequiredProperty("local.management.port"));
    }

    static int port(ConfigurableApplicationContext application) {
        return Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
    }
}
