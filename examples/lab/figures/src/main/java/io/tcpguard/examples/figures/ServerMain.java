/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;

/**
 * The process of one server: {@code CONTESTANT CONNECTIONS WORK_MILLIS TRANSPORT}, the last for Netty only. Says its
 * port on standard output, then serves until its standard input ends, and so never outlives the process that measures.
 */
public final class ServerMain {
    private ServerMain() {}

    /** See the class. */
    public static void main(String[] args) throws Exception {
        System.getProperties()
                .putIfAbsent("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        Contestant contestant = Contestant.valueOf(args[0]);
        int connections = Integer.parseInt(args[1]);
        int workMillis = Integer.parseInt(args[2]);
        int port =
                switch (contestant) {
                    case JETTY, JETTY_FITTED -> JettyServer.start(contestant, connections, workMillis);
                    case NETTY,
                            NETTY_GUARDED,
                            NETTY_RESETTING,
                            NETTY_GUARD_RESETTING,
                            NETTY_ANSWERING,
                            NETTY_GUARD_ANSWERING -> NettyServer.start(contestant, args[3]);
                    case BARE_LOOP -> BareLoop.start();
                    default -> TomcatServer.start(contestant, connections, workMillis);
                };
        System.out.println("ready: port=" + port);
        awaitEndOfInput();
        // Not exit(): nobody wants an orderly stop, and one under flood takes its time.
        Runtime.getRuntime().halt(0);
    }

    private static void awaitEndOfInput() throws IOException {
        int b = System.in.read();
        while (b >= 0) {
            b = System.in.read();
        }
    }
}
