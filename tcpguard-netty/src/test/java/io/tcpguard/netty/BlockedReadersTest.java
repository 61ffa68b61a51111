/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that ask for more than buffers hold, and how they take it, where all slots are theirs. */
@SuppressWarnings("FutureReturnValueIgnored")
@Tag("long")
@Timeout(120)
class BlockedReadersTest extends LocalServer {
    private static final int SLOTS = 8;
    private static final int BYTES = 2 << 20;
    private static final byte[] H1_ASK = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private int port;

    private void serve(boolean http2, String operator) {
        GuardBuilder settings =
                TcpGuard.builder().healthPort(0).set("idleFloor", "1s").set("maxConnections", operator);
        guard = settings.build().start();
        port = bind(NettyGuard.of(guard).maxConnections(operator.equals("0") ? SLOTS : -1), child -> {
            if (http2) {
                child.pipeline()
                        .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new Http2Big()));
            } else {
                child.pipeline().addLast(new HttpServerCodec(), new Http1Big());
            }
        });
    }

    /** By the port's limit, by the operator's; by TCP's window, and by HTTP/2's. */
    @ParameterizedTest
    @CsvSource({"false, 0", "false, 8", "true, 0"})
    void whoTakesNothingGivesItsSlotToANewcomer(boolean http2, String operator) throws IOException {
        serve(http2, operator);
        for (int i = 0; i < SLOTS; i++) {
            ask(http2);
        }
        Await.until(
                "all slots are taken by work", () -> guard.snapshot().capacity().own() == SLOTS);

        Await.until("a newcomer is served", () -> isServed(http2));

        assertThat(guard.shed().of(Stage.KEEP_ALIVE)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoTakesItSlowlyKeepsItsSlot(boolean http2) throws IOException {
        serve(http2, "0");
        for (int i = 0; i < SLOTS; i++) {
            ask(http2);
        }
        byte[] buffer = new byte[64 * 1024];
        for (int round = 0; round < 16; round++) {
            for (Socket client : clients.subList(0, SLOTS)) {
                if (http2) {
                    client.getOutputStream().write(windows(8 * 1024));
                }
                assertThat(client.getInputStream().read(buffer)).isPositive();
            }
            if (round % 4 == 0) {
                ask(http2);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
        }
        assertThat(guard.shed().of(Stage.KEEP_ALIVE)).isZero();
    }

    /** Of the connection and of its first stream. */
    private static byte[] windows(int bytes) {
        return ByteBuffer.allocate(26)
                .put(new byte[] {0, 0, 4, 8, 0})
                .putInt(0)
                .putInt(bytes)
                .put(new byte[] {0, 0, 4, 8, 0})
                .putInt(1)
                .putInt(bytes)
                .array();
    }

    private Socket ask(boolean http2) throws IOException {
        Socket client = client();
        client.setReceiveBufferSize(8 * 1024);
        client.setSoTimeout(5_000);
        ask(client, port, http2 ? withoutAnyWindow() : H1_ASK);
        return client;
    }

    /** SETTINGS_INITIAL_WINDOW_SIZE is 0. */
    private static byte[] withoutAnyWindow() {
        byte[] ask = Speech.HTTP2.ask(0);
        int settings = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();
        byte[] all = new byte[ask.length + 6];
        System.arraycopy(ask, 0, all, 0, settings + 9);
        all[settings + 2] = 6;
        all[settings + 10] = 4;
        System.arraycopy(ask, settings + 9, all, settings + 15, ask.length - settings - 9);
        return all;
    }

    private boolean isServed(boolean http2) {
        try {
            Socket client = ask(http2);
            if (!http2) {
                return isServed(client);
            }
            byte[] settings = client.getInputStream().readNBytes(12);
            return settings.length > 3 && settings[3] == 4;
        } catch (IOException refused) {
            return false;
        }
    }

    private static final class Http1Big extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof HttpRequest) {
                FullHttpResponse response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[BYTES]));
                response.headers().set("content-length", BYTES);
                ctx.writeAndFlush(response);
            }
        }
    }

    @Sharable
    private static final class Http2Big extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2HeadersFrame) {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
                ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[BYTES]), true));
            }
        }
    }
}
