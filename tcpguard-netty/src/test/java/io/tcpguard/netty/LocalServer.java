/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.tcpguard.TcpGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** A guarded server in this JVM and who connects to it, for one test. */
@SuppressWarnings("FutureReturnValueIgnored")
abstract class LocalServer {
    final List<Socket> clients = new ArrayList<>();
    private final EventLoopGroup loops = Transport.NIO.loops(2);

    @SuppressWarnings("NullAway.Init") // each test starts it
    TcpGuard guard;

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        if (guard != null) {
            guard.close();
        }
    }

    /** The port. */
    int bind(NettyGuard netty, Consumer<Channel> pipeline) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Transport.NIO.server())
                // So that who does not read is noticed after some kilobytes, not after what loopback buffers.
                .childOption(ChannelOption.SO_SNDBUF, 32 * 1024)
                .childHandler(Boot.each(pipeline));
        netty.install(bootstrap);
        Channel server = Boot.bound(bootstrap);
        return Boot.port(server);
    }

    /** Not connected yet. */
    Socket client() throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(20_000);
        return client;
    }

    static void ask(Socket client, int port, byte[] request) throws IOException {
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        client.getOutputStream().write(request);
    }

    static boolean isServed(Socket client) throws IOException {
        return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    }
}
