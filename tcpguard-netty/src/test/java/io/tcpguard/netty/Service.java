/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.stream.ChunkedNioFile;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What one port of {@link ManyPorts} serves. */
@SuppressWarnings({"FutureReturnValueIgnored", "ImmutableEnumChecker"}) // what builds a pipeline holds no state
enum Service {
    /**
     * Answers a whole request at once; CONNECT opens a tunnel to nowhere; {@code Expect} is told to continue after
     * {@link #LATE_MILLIS}.
     */
    HTTP1(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new Plain())),
    /** Takes no byte of a body for {@link #LATE_MILLIS}. */
    READS_LATE(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new ReadsLate(true))),
    /** Takes a buffer each 1.2 idle floors. */
    READS_SLOWLY(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new ReadsLate(false))),
    /** Answers {@link #LATE_MILLIS}. */
    ANSWERS_LATE(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new AnswersLate())),
    /** Reads no more after the head, and never answers. */
    NEVER_READS(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new NeverReads())),
    /** Begins its response at the head of the request, and ends it with it. */
    BOTH_WAYS(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new BothWays())),
    FILE_REGION(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new SendsFile(true))),
    FILE_CHUNKED(Protocol.HTTP, p -> p.addLast(new HttpServerCodec(), new ChunkedWriteHandler(), new SendsFile(false))),
    FILE_TLS(
            Protocol.HTTP,
            p -> p.addLast(tls(false), new HttpServerCodec(), new ChunkedWriteHandler(), new SendsFile(false))),
    FILE_HTTP2(
            Protocol.HTTP,
            p -> p.addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new Http2Streams()))),
    /** HTTP/1 or HTTP/2, as is agreed on; streams of HTTP/2 are never answered. */
    ALPN(Protocol.HTTP, p -> p.addLast(tls(true), new Agreed())),
    /** "SUB" is answered by "OK", and a line twice an idle floor. */
    PUSH(Protocol.OTHER, p -> p.addLast(new Push())),
    PUSH_FRAMED(Protocol.OTHER, p -> p.addLast(new LineBasedFrameDecoder(64), new Push())),
    /** Says a line twice an idle floor from the beginning. */
    SPEAKS_FIRST(Protocol.OTHER, p -> p.addLast(new SpeaksFirst())),
    /** A codec that the application has put together, which answers {@link #LATE_MILLIS}. */
    OWN_CODEC(Protocol.HTTP, p -> p.addLast(halves(), new AnswersLate())),
    OWN_CODEC_LATE(Protocol.HTTP, p -> p.addLast(new Unifies())),
    /** Its answer begins at once, and ends {@link #LATE_MILLIS}. */
    OWN_CODEC_TLS(Protocol.HTTP, p -> p.addLast(tls(false), halves(), new HttpObjectAggregator(1000), new EndsLate())),
    /** Echoes frames. */
    WEBSOCKET(Protocol.HTTP, p -> webSocket(p)),
    WEBSOCKET_DEFLATE(Protocol.HTTP, p -> {
        webSocket(p);
        p.addBefore("ws", "deflate", new WebSocketServerCompressionHandler(0));
    }),
    TLS_SPEAKS_FIRST(Protocol.OTHER, p -> p.addLast(tls(false), new SpeaksFirst())),
    TLS_OTHER(Protocol.OTHER, p -> p.addLast(tls(false), new LineBasedFrameDecoder(64), new Push()));

    static final long FLOOR_MILLIS = 1000;
    static final long LATE_MILLIS = 3500;
    static final int FILE_BYTES = 8 << 20;

    final Protocol protocol;
    private final Consumer<ChannelPipeline> build;

    Service(Protocol protocol, Consumer<ChannelPipeline> build) {
        this.protocol = protocol;
        this.build = build;
    }

    void pipeline(Channel child) {
        build.accept(child.pipeline());
    }

    /** Of the server's JVM only. */
    private static final class Kept {
        static final SslContext PLAIN_TLS = context(false);
        static final SslContext ALPN_TLS = context(true);
        static final Path FILE = file();
    }

    private static SslHandler tls(boolean alpn) {
        SslHandler handler = (alpn ? Kept.ALPN_TLS : Kept.PLAIN_TLS).newHandler(ByteBufAllocator.DEFAULT);
        handler.setHandshakeTimeoutMillis(TimeUnit.MINUTES.toMillis(2));
        return handler;
    }

    private static SslContext context(boolean alpn) {
        try {
            SslContextBuilder builder =
                    SslContextBuilder.forServer(Tls.ofThisServer()).sslProvider(SslProvider.JDK);
            if (alpn) {
                builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1));
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path file() {
        try {
            Path file = Files.createTempFile("service", ".bin");
            file.toFile().deleteOnExit();
            return Files.write(file, new byte[FILE_BYTES]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ChannelHandler halves() {
        return new CombinedChannelDuplexHandler<>(new HttpRequestDecoder(), new HttpResponseEncoder());
    }

    private static void webSocket(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(1000));
        pipeline.addLast("ws", new WebSocketServerProtocolHandler("/", null, true));
        pipeline.addLast(new SimpleChannelInboundHandler<WebSocketFrame>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
                ctx.writeAndFlush(frame.retain());
            }
        });
    }

    private static FullHttpResponse ok() {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII));
        response.headers().set("content-length", 2);
        return response;
    }

    private static final class Plain extends SimpleChannelInboundHandler<Object> {
        private boolean connect;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof HttpRequest request) {
                connect = request.method().equals(HttpMethod.CONNECT);
                if (HttpUtil.is100ContinueExpected(request)) {
                    ctx.executor()
                            .schedule(
                                    () -> ctx.writeAndFlush(new DefaultFullHttpResponse(
                                            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER)),
                                    LATE_MILLIS,
                                    TimeUnit.MILLISECONDS);
                }
            }
            if (msg instanceof LastHttpContent) {
                if (connect) {
                    ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
                    ctx.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext tunnel, Object bytes) {
                            tunnel.writeAndFlush(bytes);
                        }
                    });
                    ctx.pipeline().remove(HttpServerCodec.class);
                    ctx.pipeline().remove(this);
                } else {
                    ctx.writeAndFlush(ok());
                }
            }
        }
    }

    private static final class ReadsLate extends ChannelInboundHandlerAdapter {
        private final boolean onlyOnce;

        ReadsLate(boolean onlyOnce) {
            this.onlyOnce = onlyOnce;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof HttpRequest) {
                ctx.channel().config().setAutoRead(false);
                ctx.executor()
                        .schedule(
                                () -> goOn(ctx), onlyOnce ? LATE_MILLIS : FLOOR_MILLIS * 6 / 5, TimeUnit.MILLISECONDS);
            }
            if (msg instanceof LastHttpContent) {
                ctx.channel().config().setAutoRead(true);
                ctx.writeAndFlush(ok());
            }
            ReferenceCountUtil.release(msg);
        }

        private void goOn(ChannelHandlerContext ctx) {
            if (onlyOnce) {
                ctx.channel().config().setAutoRead(true);
            } else if (!ctx.channel().config().isAutoRead()) {
                ctx.read();
                ctx.executor().schedule(() -> goOn(ctx), FLOOR_MILLIS * 6 / 5, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static final class NeverReads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.channel().config().setAutoRead(false);
            ReferenceCountUtil.release(msg);
        }
    }

    private static final class AnswersLate extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof LastHttpContent) {
                ctx.executor().schedule(() -> ctx.writeAndFlush(ok()), LATE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static final class Unifies extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            ctx.pipeline().addLast(halves(), new AnswersLate());
            ctx.pipeline().remove(this);
        }
    }

    private static final class EndsLate extends SimpleChannelInboundHandler<HttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpRequest msg) {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set("transfer-encoding", "chunked");
            ctx.writeAndFlush(head);
            ctx.executor()
                    .schedule(
                            () -> ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT),
                            LATE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private static final class BothWays extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof HttpRequest) {
                HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                head.headers().set("transfer-encoding", "chunked");
                ctx.writeAndFlush(head);
            }
            if (msg instanceof LastHttpContent) {
                ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
    }

    private static final class SendsFile extends SimpleChannelInboundHandler<Object> {
        private final boolean region;

        SendsFile(boolean region) {
            this.region = region;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) throws IOException {
            if (msg instanceof LastHttpContent) {
                HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                head.headers().set("content-length", FILE_BYTES);
                if (region) {
                    ctx.write(head);
                    ctx.write(new DefaultFileRegion(Kept.FILE.toFile(), 0, FILE_BYTES));
                    ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                } else {
                    ctx.write(head);
                    ctx.writeAndFlush(new HttpChunkedInput(new ChunkedNioFile(FileChannel.open(Kept.FILE))));
                }
            }
        }
    }

    @Sharable
    private static final class Http2Streams extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2HeadersFrame) {
                ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
                ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[FILE_BYTES]), true));
            }
        }
    }

    private static final class Agreed extends ApplicationProtocolNegotiationHandler {
        Agreed() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                ctx.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forServer().build(),
                                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
            } else {
                ctx.pipeline().addLast(new HttpServerCodec(), new Plain());
            }
        }
    }

    private static class SpeaksFirst extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            feed(ctx);
        }

        final void feed(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.copiedBuffer("line\n", StandardCharsets.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            if (ctx.channel().isActive()) {
                ctx.executor().schedule(() -> feed(ctx), FLOOR_MILLIS / 2, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static final class Push extends SpeaksFirst {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {}

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (((ByteBuf) msg).toString(StandardCharsets.US_ASCII).startsWith("SUB")) {
                ctx.writeAndFlush(Unpooled.copiedBuffer("OK\n", StandardCharsets.US_ASCII));
                ctx.executor().schedule(() -> feed(ctx), FLOOR_MILLIS / 2, TimeUnit.MILLISECONDS);
            }
            ReferenceCountUtil.release(msg);
        }
    }
}
