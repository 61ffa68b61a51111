/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import io.tcpguard.TcpGuard;
import io.tcpguard.tomcat.TomcatGuard;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;

/** Embedded Tomcat with the stock NIO connector, nothing on it touched; or the same with the guard in it. */
final class TomcatServer implements Server {
    private final Tomcat tomcat;
    private final Connector main;
    private final @Nullable Connector health;
    private final @Nullable TcpGuard guard;
    private final Options options;
    private final Path baseDir;

    private TomcatServer(
            Tomcat tomcat,
            Connector main,
            @Nullable Connector health,
            @Nullable TcpGuard guard,
            Options options,
            Path baseDir) {
        this.tomcat = tomcat;
        this.main = main;
        this.health = health;
        this.guard = guard;
        this.options = options;
        this.baseDir = baseDir;
    }

    static TomcatServer start(Options options, @Nullable TcpGuard guard) throws IOException, LifecycleException {
        Path baseDir = Files.createTempDirectory("login-server");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(baseDir.toString());
        Connector main = connector(options.port(), guard);
        if (options.maxConnections() > 0) {
            main.setProperty("maxConnections", String.valueOf(options.maxConnections()));
        }
        tomcat.setConnector(main);
        Connector health = null;
        if (guard == null && options.healthPort() >= 0) {
            health = connector(options.healthPort(), null);
            tomcat.getService().addConnector(health);
        }
        if (options.slowPort() >= 0) {
            Connector slow = connector(options.slowPort(), guard);
            slow.setProperty("maxThreads", "20");
            tomcat.getService().addConnector(slow);
        }
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "login", new Fixed(Answers.login(), options.work(), options.slowPort()))
                .addMapping("/");
        Tomcat.addServlet(context, "health", new Fixed(Answers.health(), WorkPlan.always(0), -1))
                .addMapping(Answers.HEALTH_PATH);
        TomcatServer server = new TomcatServer(tomcat, main, health, guard, options, baseDir);
        try {
            tomcat.start();
        } catch (LifecycleException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static Connector connector(int port, @Nullable TcpGuard guard) {
        Connector connector = guard == null ? new Connector("HTTP/1.1") : TomcatGuard.connector(guard, port);
        connector.setPort(port);
        // Without this a port that is taken is a log line, and a server that serves nothing.
        connector.setThrowOnFailure(true);
        return connector;
    }

    @Override
    public int port() {
        return main.getLocalPort();
    }

    @Override
    public int healthPort() {
        if (guard != null) {
            return guard.healthPort();
        }
        return health == null ? -1 : health.getLocalPort();
    }

    @Override
    public void close() {
        try {
            if (guard != null && options.drains()) {
                TomcatGuard.drain(
                        guard,
                        List.of(main),
                        Duration.ofSeconds(options.notice()),
                        Duration.ofSeconds(options.finish()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            System.err.println("login-server: stopping Tomcat failed: " + e);
        }
        deleteBaseDir();
    }

    private void deleteBaseDir() {
        try (var files = Files.walk(baseDir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("login-server: " + baseDir + " stays behind: " + e);
        }
    }

    /** Waits, as for a database, then says always the same; on the slow port after a minute. */
    private static final class Fixed extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private static final int SLOW_MILLIS = 60_000;

        private final transient byte[] body;
        private final transient Work work;
        private final int slowPort;

        Fixed(byte[] body, WorkPlan work, int slowPort) {
            this.body = body;
            this.work = new Work(work);
            this.slowPort = slowPort;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                Thread.sleep(request.getLocalPort() == slowPort ? SLOW_MILLIS : work.millis());
            } catch (InterruptedException e) {
                // The server stops: answer at once.
                Thread.currentThread().interrupt();
            }
            response.setContentType("text/plain");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}
