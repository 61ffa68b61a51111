package io.tcpguard.examples.boot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application of the module that these tests run in, with its own directory for what a server leaves. */
record Example(Path base) {
    ConfigurableApplicationContext start(String... arguments) throws ClassNotFoundException {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                // Boot deletes its own directory only if Tomcat left nothing in it.
                "--server.tomcat.basedir=" + base,
                "--tcpguard.health-port=0",
                "--tcpguard.health-address=127.0.0.1",
                "--spring.main.banner-mode=off"));
        all.addAll(List.of(arguments));
        return new SpringApplication(Class.forName(System.getProperty("example.application")))
                .run(all.toArray(String[]::new));
    }

    static int port(ConfigurableApplicationContext application) {
        return Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
    }
}
