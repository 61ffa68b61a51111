/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

/** A server of its own process, with few descriptors. Says its ports, and ends when its standard input does. */
final class ServerMain {
    private ServerMain() {}

    /**
     * Arguments: "guarded" or "stock"; then "tls=" with a key store, "max=" with Tomcat's maxConnections, "keep=" with
     * its keepAliveTimeout, "buffers=" with the size of a connection's two buffers, and settings of the guard as
     * name=value.
     */
    public static void main(String[] args) throws Exception {
        String keyStore = null;
        String maxConnections = null;
        String keep = "20000";
        String buffers = "8192";
        GuardBuilder settings = TcpGuard.builder().healthPort(0);
        for (String arg : Arrays.asList(args).subList(1, args.length)) {
            String[] nameAndValue = arg.split("=", 2);
            if (nameAndValue[0].equals("tls")) {
                keyStore = nameAndValue[1];
            } else if (nameAndValue[0].equals("keep")) {
                keep = nameAndValue[1];
            } else if (nameAndValue[0].equals("buffers")) {
                buffers = nameAndValue[1];
            } else if (nameAndValue[0].equals("max")) {
                maxConnections = nameAndValue[1];
            } else {
                settings.set(nameAndValue[0], nameAndValue[1]);
            }
        }
        TcpGuard guard = args[0].equals("guarded") ? settings.build().start() : null;
        Connector connector = guard == null ? new Connector() : TomcatGuard.connector(guard, 0);
        connector.setPort(0);
        if (maxConnections != null) {
            connector.setProperty("maxConnections", maxConnections);
        }
        connector.setProperty("keepAliveTimeout", keep);
        connector.setProperty("socket.appReadBufSize", buffers);
        connector.setProperty("socket.appWriteBufSize", buffers);
        // Sessions here beat more often than Tomcat's hundred times before it ends a connection.
        connector.setProperty("maxKeepAliveRequests", "-1");
        // So that a client who does not read is noticed after some kilobytes, not after the megabytes that loopback
        // buffers.
        connector.setProperty("socket.txBufSize", "32768");
        connector.addUpgradeProtocol(new Http2Protocol());
        if (keyStore != null) {
            Keys.serve(connector, keyStore);
        }
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("flooded").toString());
        tomcat.setConnector(connector);
        tomcat.getHost();
        tomcat.getEngine().getPipeline().addValve(new Pages(guard));
        tomcat.start();
        System.out.println("server " + ServerInfo.getServerNumber());
        System.out.println("ports " + connector.getLocalPort() + " " + (guard == null ? -1 : guard.healthPort()));
        while (System.in.read() >= 0) {
            // Anything but the end means nothing.
        }
        tomcat.stop();
        if (guard != null) {
            guard.close();
        }
        System.out.println("stopped");
        Runtime.getRuntime().halt(0);
    }

    /** A valve and no servlet, so that this class too is the same for every Tomcat. */
    private static final class Pages extends ValveBase {
        private static final String BIG = "x".repeat(1 << 20);

        /** With room before there is none. */
        private static final FileInputStream[] LEAKS = new FileInputStream[10_000];

        private static int leaks;

        private final @Nullable TcpGuard guard;

        Pages(@Nullable TcpGuard guard) {
            super(true);
            this.guard = guard;
        }

        /** Takes every descriptor that is left, as an application does that forgets to close. */
        private static synchronized String leak() {
            try {
                while (leaks < LEAKS.length) {
                    LEAKS[leaks] = new FileInputStream("/dev/null");
                    leaks++;
                }
            } catch (IOException noneLeft) {
                return "leaked " + leaks;
            }
            return "leaked all";
        }

        private static synchronized String heal() throws IOException {
            while (leaks > 0) {
                LEAKS[--leaks].close();
            }
            return "healed";
        }

        /** What is left of the heap is known after a collection. */
        private static String collected() {
            System.gc();
            return "collected";
        }

        @Override
        public void invoke(Request request, Response response) throws IOException {
            String text =
                    switch (request.getRequestURI()) {
                        case "/big" -> BIG;
                        case "/gc" -> collected();
                        case "/leak" -> leak();
                        case "/heal" -> heal();
                        case "/read" -> "read " + request.getStream().readAllBytes().length;
                        case "/evicted" ->
                            guard == null ? "none" : "evicted " + guard.shed().of(Stage.KEEP_ALIVE);
                        case "/refusals" ->
                            guard == null
                                    ? "none"
                                    : "answers " + guard.shed().of(Stage.ACCEPT, Method.ANSWER, Reason.CONNECTIONS)
                                            + ", resets "
                                            + guard.shed().of(Stage.ACCEPT, Method.RESET, Reason.CONNECTIONS);
                        default ->
                            guard == null
                                    ? "stock"
                                    : guard.snapshot().level() + " "
                                            + guard.snapshot().capacity();
                    };
            response.setContentLength(text.length());
            response.getWriter().write(text);
        }
    }
}
