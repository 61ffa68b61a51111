/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ResourceLeakDetector;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The handlers on real sockets, on both transports. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class SocketsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private final FakeControl policy = new FakeControl();
    private final List<EventLoopGroup> groups = new ArrayList<>();

    @BeforeAll
    static void lookForLeaks() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @AfterEach
    void close() {
        for (EventLoopGroup group : groups) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void servesTheAdmitted(Transport transport) throws IOException {
        Channel server = serve(transport);

        try (Socket client = connect(server)) {
            assertThat(ask(client)).startsWith("HTTP/1.1 200 ");
            assertThat(ask(client)).startsWith("HTTP/1.1 200 ");
            await(() -> ours().working.get() == 0);
        }
        await(() -> ours().closed.get() == 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void resetsTheRefused(Transport transport) throws IOException {
        Channel server = serve(transport);
        policy.connections = Admission.RESET;

        for (int i = 0; i < 50; i++) {
            try (Socket client = new Socket()) {
                client.connect(server.localAddress(), 5000);
                assertThatThrownBy(() -> ask(client)).hasMessageMatching("(?i).*(reset|pipe|end of).*");
            } catch (IOException refusedInTheHandshake) {
                assertThat(refusedInTheHandshake).hasMessageContaining("reset");
            }
        }
        policy.connections = Admission.ADMIT;
        try (Socket client = connect(server)) {
            assertThat(ask(client)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(policy.accepts).hasValue(51);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void answersTheRefusedAndWaitsForThemToClose(Transport transport) throws IOException {
        Channel server = serve(transport);
        policy.connections = Admission.RESPOND;

        for (int i = 0; i < 50; i++) {
            try (Socket client = connect(server)) {
                assertThat(ask(client)).startsWith("HTTP/1.1 503 ").contains("Retry-After: 2\r\n", "Connection: close");
            }
        }
        assertThat(policy.onlyListener().handles).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void hangsUpOnTheRefusedWhoSayNothing(Transport transport) throws IOException {
        Channel server = serve(transport);
        policy.connections = Admission.RESPOND;

        try (Socket client = connect(server)) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void evictsByFinOrReset(Transport transport) throws IOException {
        Channel server = serve(transport);

        try (Socket client = connect(server)) {
            ask(client);
            handle().closer.close(Closing.ORDERLY);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket client = connect(server)) {
            ask(client);
            await(() -> policy.onlyListener().handles.size() == 2);
            handle().closer.close(Closing.RESET);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
        }
        await(() -> policy.onlyListener().handles.stream().allMatch(h -> h.closed.get() == 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void survivesAnAcceptErrorWithoutNettysSecond(Transport transport) throws IOException {
        Channel server = serve(transport);

        server.pipeline().fireExceptionCaught(new IOException("Too many open files"));

        try (Socket client = connect(server)) {
            assertThat(ask(client)).startsWith("HTTP/1.1 200 ");
        }
        // The client may have been accepted before the error was heard of.
        await(() -> server.config().isAutoRead());
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void endsEveryWatchWhenTheServerCloses(Transport transport) throws IOException {
        Channel server = serve(transport);
        try (Socket client = connect(server)) {
            ask(client);
        }
        assertThat(policy.watched).isNotEmpty();

        server.close().syncUninterruptibly();

        await(() -> policy.onlyListener().closed);
        await(() -> policy.watches.get() == 0);
    }

    private Channel serve(Transport transport) {
        EventLoopGroup boss = transport.loops(1);
        EventLoopGroup workers = transport.loops(1);
        groups.add(boss);
        groups.add(workers);
        return new ServerBootstrap()
                .group(boss, workers)
                .channel(transport.server())
                .handler(new AcceptHandlerInstaller(new Ports(policy, Protocol.HTTP)))
                .childHandler(Boot.each(child -> child.pipeline().addLast(new HttpServerCodec(), new Ok())))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private FakeControl.Handle handle() {
        await(() -> !policy.onlyListener().handles.isEmpty());
        List<FakeControl.Handle> handles = policy.onlyListener().handles;
        return handles.get(handles.size() - 1);
    }

    /** Of two requests. A stranger that looks for a server of another test's may have found this one's port. */
    private FakeControl.Handle ours() {
        await(() -> policy.onlyListener().handles.stream().anyMatch(handle -> handle.begun.get() == 2));
        return policy.onlyListener().handles.stream()
                .filter(handle -> handle.begun.get() == 2)
                .findFirst()
                .orElseThrow();
    }

    private static Socket connect(Channel server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        client.connect((InetSocketAddress) server.localAddress(), 20_000);
        return client;
    }

    /** Sends a request; the head of the response. */
    private static String ask(Socket client) throws IOException {
        client.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
        InputStream in = client.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("end of stream after " + head.length());
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static void await(BooleanSupplier condition) {
        Await.until("what the event loop does", condition::getAsBoolean);
    }

    private static final class Ok extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof LastHttpContent) {
                FullHttpResponse response =
                        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
                response.headers().set("content-length", 0);
                ctx.writeAndFlush(response);
            }
        }
    }
}
