/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each drain may take an hour for work in progress: it is over because nothing is. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class DrainTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
    private final TcpGuard guard = TcpGuard.builder().build().start();
    private final CompletableFuture<Void> release = new CompletableFuture<>();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    @AfterEach
    void end() {
        release.complete(null);
        guard.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private InetSocketAddress serve(NettyGuard netty, Consumer<Channel> pipeline) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(Boot.each(pipeline));
        netty.install(bootstrap);
        return (InetSocketAddress) Boot.bound(bootstrap).localAddress();
    }

    private static Socket connect(InetSocketAddress server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        client.connect(server, 20_000);
        return client;
    }

    private static CompletableFuture<Void> drain(NettyGuard netty, Duration notice) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                netty.drain(notice, LONG);
                drained.complete(null);
            } catch (InterruptedException e) {
                drained.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return drained;
    }

    private void awaitOwn(int connections) {
        Await.until("open", () -> guard.snapshot().capacity().own() == connections);
    }

    @Test
    void closesIdleConnectionsAndIsOver() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        InetSocketAddress server = serve(netty, Speech.HTTP1::pipeline);
        try (Socket talked = connect(server);
                Socket silent = connect(server);
                Socket half = connect(server)) {
            talked.getOutputStream().write(Speech.HTTP1.ask(0));
            Speech.HTTP1.answer(new DataInputStream(talked.getInputStream()));
            half.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            awaitOwn(3);

            drain(netty, Duration.ofMillis(200)).get(30, TimeUnit.SECONDS);

            assertThat(talked.getInputStream().read()).isEqualTo(-1);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(half.getInputStream().read()).isEqualTo(-1);
        }
        awaitOwn(0);
    }

    @Test
    void tellsIdleHttp2ClientsToGoTwice() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        InetSocketAddress server = serve(netty, Speech.HTTP2::pipeline);
        try (Socket client = connect(server)) {
            client.getOutputStream().write(Speech.HTTP2.ask(0));
            DataInputStream in = new DataInputStream(client.getInputStream());
            Speech.HTTP2.answer(in);

            drain(netty, Duration.ofMillis(200)).get(30, TimeUnit.SECONDS);

            assertThat(goAways(in)).containsExactly(Integer.MAX_VALUE, 1);
        }
    }

    /** Numbers of the last streams, until the end of the connection. */
    private static List<Integer> goAways(DataInputStream in) throws IOException {
        List<Integer> last = new ArrayList<>();
        try {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                in.skipBytes(5);
                ByteBuffer payload = ByteBuffer.wrap(in.readNBytes(length));
                if (type == 7) {
                    last.add(payload.getInt());
                } else if (type == 1) {
                    last.add(0);
                }
            }
        } catch (EOFException end) {
            return last;
        }
    }

    @Test
    void letsAStreamEndThatIsInProgressAndTellsItsClientBefore() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        InetSocketAddress server = serve(netty, child -> child.pipeline()
                .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new OnRelease())));
        try (Socket client = connect(server)) {
            client.getOutputStream().write(Speech.HTTP2.ask(0));
            asked.get(30, TimeUnit.SECONDS);
            CompletableFuture<Void> drained = drain(netty, Duration.ofMillis(100));
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(drained).isNotDone();

            release.complete(null);

            drained.get(30, TimeUnit.SECONDS);
            assertThat(goAways(new DataInputStream(client.getInputStream())))
                    .as("to go, the answer, the last")
                    .containsExactly(Integer.MAX_VALUE, 0, 1);
        }
    }

    @Sharable
    private final class OnRelease extends SimpleChannelInboundHandler<Http2HeadersFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Http2HeadersFrame msg) {
            asked.complete(null);
            release.thenRun(() ->
                    ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), true)));
        }
    }

    @Test
    void waitsForAnUploadThatIsUnderWay() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        InetSocketAddress server = serve(netty, child -> child.pipeline()
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(1000), new Answers200()));
        try (Socket client = connect(server)) {
            client.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab"
                            .getBytes(StandardCharsets.US_ASCII));
            awaitOwn(1);
            TimeUnit.MILLISECONDS.sleep(100);
            CompletableFuture<Void> drained = drain(netty, Duration.ZERO);
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(drained).isNotDone();

            client.getOutputStream().write("cd".getBytes(StandardCharsets.US_ASCII));

            Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
            drained.get(30, TimeUnit.SECONDS);
        }
    }

    private static final class Answers200 extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            DefaultFullHttpResponse ok = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            ok.headers().set("content-length", 0);
            ctx.writeAndFlush(ok);
        }
    }

    @Test
    void tellsWebSocketClientsToGo() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        InetSocketAddress server = serve(netty, child -> child.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new HttpObjectAggregator(1000),
                        new WebSocketServerProtocolHandler("/ws"),
                        new SimpleChannelInboundHandler<WebSocketFrame>() {
                            @Override
                            protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
                                // Says nothing.
                            }
                        }));
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + server.getPort() + "/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
                        closed.complete(status);
                        return closed;
                    }
                })
                .get(30, TimeUnit.SECONDS);

        drain(netty, Duration.ofMillis(100)).get(30, TimeUnit.SECONDS);

        assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(1001);
    }

    /** It has the close frame, and nothing more can be sent to it. */
    @Test
    void isOverThoughAWebSocketClientDoesNotAnswerItsCloseFrame() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        InetSocketAddress server = serve(netty, child -> child.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new HttpObjectAggregator(1000),
                        new WebSocketServerProtocolHandler("/ws")));
        try (Socket client = connect(server)) {
            client.getOutputStream()
                    .write(("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(InProgressTest.readHead(client.getInputStream())).contains(" 101 ");

            drain(netty, Duration.ofMillis(100)).get(30, TimeUnit.SECONDS);

            byte[] frame = client.getInputStream().readAllBytes();
            assertThat(new byte[] {frame[0], frame[2], frame[3]})
                    .as("a close frame: 1001, going away")
                    .containsExactly(0x88, 1001 >> 8, 1001 & 0xFF);
        }
    }

    @Test
    void closesIdleConnectionsOfOtherProtocols() throws Exception {
        NettyGuard netty = NettyGuard.of(guard, Protocol.OTHER);
        InetSocketAddress server = serve(netty, Speech.RAW::pipeline);
        try (Socket client = connect(server)) {
            client.getOutputStream().write(Speech.RAW.ask(0));
            Speech.RAW.answer(new DataInputStream(client.getInputStream()));

            drain(netty, Duration.ofMillis(100)).get(30, TimeUnit.SECONDS);

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
