/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;

/** A server whose requests have a virtual thread each. Says its ports; "r" on its input lets go those that hang. */
final class VirtualMain {
    private VirtualMain() {}

    /** Arguments: settings of the guard as name=value. */
    public static void main(String[] args) throws Exception {
        GuardBuilder settings = TcpGuard.builder().healthPort(0);
        for (String arg : args) {
            String[] nameAndValue = arg.split("=", 2);
            settings.set(nameAndValue[0], nameAndValue[1]);
        }
        TcpGuard guard = settings.build().start();
        Connector connector = TomcatGuard.connector(guard, 0);
        connector.setPort(0);
        if (!connector.setProperty("useVirtualThreads", "true")) {
            throw new IllegalStateException("this Tomcat has no virtual threads");
        }
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("virtual").toString());
        tomcat.setConnector(connector);
        tomcat.getHost();
        Pages pages = new Pages();
        tomcat.getEngine().getPipeline().addValve(pages);
        tomcat.start();
        Executor executor = connector.getProtocolHandler().getExecutor();
        if (!UnpooledWork.isUnpooled(executor)) {
            throw new IllegalStateException("a pool: " + executor);
        }
        System.out.println("ports " + connector.getLocalPort() + " " + guard.healthPort());
        for (int c = System.in.read(); c >= 0; c = System.in.read()) {
            if (c == 'r') {
                pages.release.countDown();
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static final class Pages extends ValveBase {
        final CountDownLatch release = new CountDownLatch(1);

        Pages() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException {
            String text = "ok";
            switch (request.getRequestURI()) {
                case "/hang" -> await();
                case "/spin" -> spin();
                case "/pin" -> Pinned.load();
                case "/read" -> text = "read " + request.getStream().readAllBytes().length;
                default -> {}
            }
            response.setContentLength(text.length());
            response.getWriter().write(text);
        }

        private void await() {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** A carrier is not given back by who computes. */
        private static void spin() {
            long end = System.nanoTime() + 4_000_000_000L;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** Whoever blocks in a class's initializer has a native frame below, and keeps its carrier: on any JDK. */
    private static final class Pinned {
        static {
            pause();
        }

        /** Each that asks waits for the first one, and is pinned, too. */
        static void load() {}

        private static void pause() {
            try {
                Thread.sleep(4000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
