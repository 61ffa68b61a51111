/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.Limit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the number of connections is bounded by a setting, far below the descriptors. */
@SuppressWarnings("FutureReturnValueIgnored")
class ConnectionLimitTest {
    private final List<Socket> clients = new ArrayList<>();
    private final EventLoopGroup loops = Transport.NIO.loops(2);

    @SuppressWarnings("NullAway.Init") // each test starts it
    private TcpGuard guard;

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

    private int bind(NettyGuard netty) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Transport.NIO.server())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        Speech.HTTP1.pipeline(child);
                    }
                });
        netty.install(bootstrap);
        Channel server = bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private boolean isServed(int port) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(10_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newcomersTakeThePlacesOfTheIdle(boolean ofPort) throws Exception {
        GuardBuilder settings = TcpGuard.builder().healthPort(0).set("idleFloor", "1s");
        guard = (ofPort ? settings : settings.set("maxConnections", "200"))
                .build()
                .start();
        int port = bind(NettyGuard.of(guard).maxConnections(ofPort ? 200 : -1));
        for (int i = 0; i < 200; i++) {
            assertThat(isServed(port)).isTrue();
        }
        TimeUnit.MILLISECONDS.sleep(1200);

        for (int i = 0; i < 5; i++) {
            assertThat(isServed(port)).isTrue();
        }

        assertThat(guard.snapshot().level()).isEqualTo(Level.SHED);
        assertThat(guard.snapshot().leading()).isEqualTo(Signal.CONNECTIONS);
        assertThat(guard.snapshot().verdict().up()).isTrue();
        assertThat(guard.snapshot().capacity().binding()).isEqualTo(ofPort ? Limit.MAX_CONNECTIONS : Limit.OPERATOR);
        assertThat(guard.snapshot().capacity().own()).isLessThanOrEqualTo(202);
    }

    /** Who is full at one port is served at the other, and takes no slot of it. */
    @Test
    void aPortThatIsFullIsNoneOfTheOthersBusiness() throws Exception {
        guard = TcpGuard.builder()
                .healthPort(0)
                .set("idleFloor", "1s")
                .set("queueWait", "0s")
                .build()
                .start();
        int small = bind(NettyGuard.of(guard).maxConnections(20));
        int large = bind(NettyGuard.of(guard));
        for (int i = 0; i < 50; i++) {
            assertThat(isServed(large)).isTrue();
        }
        TimeUnit.MILLISECONDS.sleep(1200);
        for (int i = 0; i < 20; i++) {
            assertThat(isServed(small)).isTrue();
        }
        assertThat(isServed(small)).isFalse();
        assertThat(isServed(large)).isTrue();
        assertThat(guard.shed().of(io.tcpguard.state.RefusalCounters.Stage.KEEP_ALIVE))
                .isZero();
    }
}
