/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The door: command line in, server until SIGTERM. Exit code 2: wrong arguments; 1: it could not start. */
public final class LoginServer {
    private LoginServer() {}

    /** See {@link Options#USAGE}. */
    public static void main(String[] args) throws InterruptedException {
        // Debian's and others' loggers split each record in two lines; one is enough for a console.
        System.getProperties()
                .putIfAbsent("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        Options options;
        TcpGuard guard;
        try {
            options = Options.parse(List.of(args));
            guard = options.guard() ? guard(options) : null;
        } catch (IllegalArgumentException e) {
            System.err.println("login-server: " + e.getMessage());
            System.err.println(Options.USAGE);
            System.exit(2);
            return;
        }
        Server server;
        try {
            server = start(options, guard);
        } catch (Exception e) {
            System.err.println("login-server: can't start: " + e);
            System.exit(1);
            return;
        }
        DescriptorLeak leak = new DescriptorLeak(options.leak());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            leak.close();
                            server.close();
                            if (guard != null) {
                                guard.close();
                            }
                            stopped.countDown();
                        },
                        "stop"));
        leak.start();
        System.out.println(ready(options, server));
        stopped.await();
    }

    private static TcpGuard guard(Options options) {
        GuardBuilder builder = TcpGuard.builder();
        if (options.healthPort() >= 0) {
            builder.healthPort(options.healthPort());
        }
        for (Map.Entry<String, String> setting : options.settings().entrySet()) {
            builder.set(setting.getKey(), setting.getValue());
        }
        return builder.build();
    }

    static Server start(Options options, @Nullable TcpGuard guard) throws Exception {
        if (guard != null) {
            guard.start();
        }
        try {
            return switch (options.server()) {
                case TOMCAT -> TomcatServer.start(options, guard);
                case NETTY -> NettyServer.start(options, guard);
            };
        } catch (Exception e) {
            if (guard != null) {
                guard.close();
            }
            throw e;
        }
    }

    /** The demo reads the ports out of this line. */
    private static String ready(Options options, Server server) {
        return "ready: " + options.server().name().toLowerCase(Locale.ROOT) + " port=" + server.port() + " health-port="
                + server.healthPort() + " guard=" + (options.guard() ? "on" : "off");
    }
}
