/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;

/**
 * An embedded server that drains in a shutdown hook, and whose answers to {@code /slow} take longer than the notice.
 */
final class ShutdownMain {
    private ShutdownMain() {}

    public static void main(String[] args) throws Exception {
        TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("drained").toString());
        tomcat.setConnector(TomcatGuard.connector(guard, 0));
        tomcat.getHost();
        tomcat.getEngine().getPipeline().addValve(new Slow());
        TomcatGuard.drainAtShutdown(guard, tomcat.getServer(), Duration.ofSeconds(1), Duration.ofSeconds(20));
        tomcat.getServer().addLifecycleListener(event -> {
            if (Lifecycle.AFTER_STOP_EVENT.equals(event.getType())) {
                System.out.println("stopped");
            }
        });
        tomcat.start();
        System.out.println("ports " + tomcat.getConnector().getLocalPort() + " " + guard.healthPort());
    }

    private static final class Slow extends ValveBase {
        Slow() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException {
            if (request.getRequestURI().equals("/slow")) {
                System.out.println("slow one begun");
                try {
                    Thread.sleep(2_500);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            response.setContentLength(2);
            response.getWriter().write("ok");
        }
    }
}
