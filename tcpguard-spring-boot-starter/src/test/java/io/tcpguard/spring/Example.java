package io.tcpguard.spring;

import io.tcpguard.spring.app.TestApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application of the module that these tests run in, else this one's, with its own directory for what a server leaves. */
record Example(Path base) {
    ConfigurableApplicationContext start(String... arguments) throws ClassNotFoundException {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                // Boot deletes its own directory only if Tomcat left nothing in it.
                "--server.tomcat.basedir=" + base,
                "--management.endpoint.health.probes.enabled=true",
                "--tcpguard.health-port=0",
                "--tcpguard.health-address=127.0.0.1",
                "--spring.main.banner-mode=off"));
        all.addAll(List.of(arguments));
        return new SpringApplication(
                        Class.forName(System.getProperty("example.application", TestApplication.class.getName())))
                .run(all.toArray(String[]::new));
    }

    static int port(ConfigurableApplicationContext application) {
        return Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
    }
}
