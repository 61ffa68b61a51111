/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** A Jetty of its own process, with few descriptors. Says its ports, and ends when its standard input does. */
final class JettyMain {
    private JettyMain() {}

    /** Arguments: "guarded", "stock", or "limited" by Jetty's own limit; then settings of the guard as name=value. */
    public static void main(String[] args) throws Exception {
        GuardBuilder settings = TcpGuard.builder().healthPort(0);
        for (String arg : Arrays.asList(args).subList(1, args.length)) {
            String[] nameAndValue = arg.split("=", 2);
            settings.set(nameAndValue[0], nameAndValue[1]);
        }
        Server server = new Server();
        TcpGuard guard = settings.build();
        ServerConnector connector = args[0].equals("guarded")
                ? new GuardedConnector(server, guard.start(), new HttpConnectionFactory())
                : new ServerConnector(server);
        // So that a client who does not read is noticed after some kilobytes.
        connector.setAcceptedSendBufferSize(32_768);
        server.addConnector(connector);
        server.setHandler(new GuardedHandler(new App()));
        if (args[0].equals("limited")) {
            // As many as fit beside Jetty's own descriptors and a reserve like the guard's.
            server.addBean(new NetworkConnectionLimit(200, server));
        }
        server.start();
        System.out.println("ports " + connector.getLocalPort() + " " + guard.healthPort());
        while (System.in.read() >= 0) {
            // Anything but the end means nothing.
        }
        server.stop();
        guard.close();
        System.out.println("stopped");
        Runtime.getRuntime().halt(0);
    }

    /** What the tests ask for. */
    static final class App extends Handler.Abstract {
        /** One for all, so that those who read slowly take descriptors and no memory. */
        private static final ByteBuffer BIG = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (request.getHttpURI().getPath().equals("/big")) {
                response.write(true, BIG.duplicate(), callback);
                return true;
            }
            String text =
                    switch (request.getHttpURI().getPath()) {
                        // As a servlet reads: the thread waits for the client.
                        case "/read" ->
                            "read "
                                    + Content.Source.asString(request, StandardCharsets.US_ASCII)
                                            .length();
                        default -> "hello";
                    };
            Content.Sink.write(response, true, text, callback);
            return true;
        }
    }
}
