/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.MessageToByteEncoder;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.rtsp.RtspDecoder;
import io.netty.handler.codec.rtsp.RtspEncoder;
import io.netty.util.ReferenceCountUtil;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/1 by a codec that the application has put together itself: what is in progress there is known as elsewhere. */
@SuppressWarnings("FutureReturnValueIgnored")
class OwnCodecTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String HALF_POST = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na";

    private final Guarded guarded = new Guarded();
    private final Application application = new Application();

    @AfterEach
    void close() {
        guarded.close();
    }

    /** Ways to put one together. */
    @SuppressWarnings("ImmutableEnumChecker") // what builds a pipeline holds no state
    private enum Made {
        OF_HALVES(p -> p.addLast(halves())),
        BY_A_SUBCLASS(p -> p.addLast(new Subclass())),
        WITH_ONE_HALF_IN_ANOTHER(p -> p.addLast(
                new HttpRequestDecoder(),
                new CombinedChannelDuplexHandler<>(new ChannelInboundHandlerAdapter(), new HttpResponseEncoder()))),
        BEHIND_A_PROXY(p -> p.addLast(proxied(new HttpServerCodec()))),
        OF_CLASSES_OF_ITS_OWN(p -> p.addLast(new WholeGets(), new Responses())),
        BEHIND_A_PASSING_HANDLER(p -> p.addLast(new Passing(), halves())),
        IN_FRONT_OF_ITS_OWN_HANDLERS(p -> p.addLast(halves(), new Passing(), new Passing())),
        WITH_THE_PROXY_PROTOCOL(p -> p.addLast(new HAProxyMessageDecoder(), halves())),
        BY_THE_FIRST_BYTES(p -> p.addLast(new Unification(inner -> inner.addLast(halves())))),
        BY_THE_FIRST_BYTES_IN_A_PROXY(p -> p.addLast(new Unification(q -> q.addLast(proxied(new HttpServerCodec())))));

        private final Consumer<ChannelPipeline> codec;

        Made(Consumer<ChannelPipeline> codec) {
            this.codec = codec;
        }

        String preface() {
            return this == WITH_THE_PROXY_PROTOCOL ? "PROXY TCP4 192.0.2.7 192.0.2.1 1 80\r\n" : "";
        }
    }

    private EmbeddedChannel serve(Made made, ChannelHandler... behind) {
        EmbeddedChannel child = guarded.child(new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
                made.codec.accept(ctx.pipeline());
                Unification late = ctx.pipeline().get(Unification.class);
                if (late == null) {
                    ctx.pipeline().addLast(behind);
                } else {
                    late.behind = behind;
                }
                ctx.pipeline().remove(this);
            }
        });
        if (!made.preface().isEmpty()) {
            child.writeInbound(text(made.preface()));
        }
        return child;
    }

    @ParameterizedTest
    @EnumSource
    void isAtWorkFromAWholeRequestToItsWholeResponse(Made made) {
        EmbeddedChannel child = serve(made, application);

        child.writeInbound(text(GET));
        isAtWork(true);
        isAtWorkWhileItAnswersInChunks(child);

        child.writeInbound(text("GET / HT"));
        isAtWork(false);
        child.writeInbound(text("TP/1.1\r\n\r\n"));
        isAtWork(true);
        child.writeOutbound(ok());
        isAtWork(false);
        assertThat(application.requests).isEqualTo(2);
        assertThat(child.pipeline().get(Lookout.class)).isNull();
        assertThat(child.pipeline().get(FirstAnswer.class)).isNull();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OF_CLASSES_OF_ITS_OWN")
    void isUnfinishedAsLongAsItsClientOwesTheBody(Made made) {
        EmbeddedChannel child = serve(made, application);

        child.writeInbound(text(HALF_POST));
        assertThat(guarded.handle().unfinished).isTrue();
        child.writeInbound(text("b"));
        isAtWork(true);
        child.writeOutbound(ok());
        isAtWork(false);
        assertThat(guarded.handle().unfinished).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OF_CLASSES_OF_ITS_OWN")
    void seesAggregatedRequests(Made made) {
        EmbeddedChannel child = serve(made, new HttpObjectAggregator(1000), application);

        child.writeInbound(text(HALF_POST), text("b"));
        isAtWork(true);
        isAtWorkWhileItAnswersInChunks(child);
    }

    /** Its answer ends with the bytes that are written and flushed; nothing else is known. */
    @Test
    void goesByBytesWhereRequestsAreMessagesAndAnswersAreNot() {
        EmbeddedChannel child = guarded.child(
                new CombinedChannelDuplexHandler<>(new HttpRequestDecoder(), new ChannelOutboundHandlerAdapter()),
                application);
        for (int i = 0; i < 3; i++) {
            child.writeInbound(text(GET));
            isAtWork(true);
            child.writeOutbound(text("HTTP/1.1 204 No Content\r\n\r\n"));
            isAtWork(false);
        }
        assertThat(application.requests).isEqualTo(3);
        assertThat(child.pipeline().get(Http1Work.class)).isNull();
    }

    /** Past everybody who stands behind the codec. */
    @Test
    void goesByBytesWhereTheCodecAnswersByItself() {
        EmbeddedChannel child = guarded.child(
                new CombinedChannelDuplexHandler<>(
                        new HttpRequestDecoder() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
                                super.channelRead(ctx, msg);
                                ctx.writeAndFlush(text("HTTP/1.1 204 No Content\r\n\r\n"));
                            }
                        },
                        new ChannelOutboundHandlerAdapter()),
                application);
        for (int i = 0; i < 3; i++) {
            child.writeInbound(text(GET));
            isAtWork(false);
        }
    }

    @Test
    void takesAnEmptyWriteForNoAnswer() {
        EmbeddedChannel child = guarded.child(halves(), application);
        child.writeInbound(text(GET));

        child.writeOutbound(Unpooled.EMPTY_BUFFER);
        isAtWork(true);
        child.writeOutbound(ok());
        isAtWork(false);
        assertThat(child.pipeline().get(Http1Work.class)).isNotNull();
    }

    /** RTSP has HTTP's messages, and sends a stream between its answers. */
    @Test
    void leavesRtspToBytes() {
        EmbeddedChannel child =
                guarded.child(new CombinedChannelDuplexHandler<>(new RtspDecoder(), new RtspEncoder()), application);

        child.writeInbound(text("OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
        assertThat(guarded.handle().working).hasValue(1);
        assertThat(child.pipeline().get(Http1Work.class)).isNull();
    }

    /** Before the first request is there the codec may be anything; but the port is said to speak HTTP. */
    @Test
    void takesAHeadThatTricklesInForNoUse() {
        EmbeddedChannel child = guarded.child(halves(), application);
        for (char one : "GET / HTTP/1.1\r\nHost: x\r\n\r".toCharArray()) {
            child.writeInbound(text(String.valueOf(one)));
        }
        assertThat(guarded.handle().unfinished).isTrue();
        assertThat(guarded.handle().touched).hasValue(0);

        child.writeInbound(text("\n"));
        isAtWork(true);
    }

    @Test
    void takesEachWordForUseWhereThePortSpeaksSomethingElse() {
        try (Guarded other = new Guarded(Protocol.OTHER)) {
            EmbeddedChannel child = other.child(application);
            child.writeInbound(text("a"), text("b"), text("\r\n\r\n"));

            assertThat(other.handle().touched).hasValue(2);
            assertThat(other.handle().unfinished).isTrue();
        }
    }

    /** A pipeline that no decoder has made is looked at afterwards only. */
    @Test
    void isAtWorkOnAWholeRequestWhoseBytesMadeItsPipelineByAnyHandler() {
        EmbeddedChannel child = guarded.child(new Http1WorkTest.PlainUnification(OwnCodecTest::halves, application));

        child.writeInbound(text(GET));
        isAtWork(true);
        child.writeOutbound(ok());
        isAtWork(false);
        child.writeInbound(text(GET));
        isAtWork(true);
        isAtWorkWhileItAnswersInChunks(child);
    }

    @Test
    void goesOnByBytesWhenItsCodecLeaves() {
        EmbeddedChannel child = guarded.child(halves(), application);
        child.writeInbound(text(GET));
        child.writeOutbound(ok());

        child.pipeline().remove(CombinedChannelDuplexHandler.class);
        child.writeInbound(text("anything"));

        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(text("answered"));
        isAtWork(false);
    }

    private void isAtWorkWhileItAnswersInChunks(EmbeddedChannel child) {
        child.writeOutbound(chunkedHead());
        isAtWork(true);
        child.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        isAtWork(false);
    }

    private void isAtWork(boolean now) {
        assertThat(guarded.handle().working).hasValue(now ? 1 : 0);
        assertThat(guarded.handle().unfinished).as("waits for its client").isFalse();
    }

    private static CombinedChannelDuplexHandler<HttpRequestDecoder, HttpResponseEncoder> halves() {
        return new CombinedChannelDuplexHandler<>(new HttpRequestDecoder(), new HttpResponseEncoder());
    }

    /** What it is nobody can tell from outside. */
    private static ChannelHandler proxied(ChannelDuplexHandler codec) {
        return (ChannelHandler) Proxy.newProxyInstance(
                OwnCodecTest.class.getClassLoader(),
                new Class<?>[] {ChannelInboundHandler.class, ChannelOutboundHandler.class},
                (proxy, method, args) -> method.invoke(codec, args));
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static FullHttpResponse ok() {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set("content-length", 0);
        return response;
    }

    private static HttpResponse chunkedHead() {
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("transfer-encoding", "chunked");
        return head;
    }

    private static final class Application extends ChannelInboundHandlerAdapter {
        int requests;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            requests += msg instanceof LastHttpContent ? 1 : 0;
            ReferenceCountUtil.release(msg);
        }
    }

    private static final class Passing extends ChannelDuplexHandler {}

    private static final class Subclass extends CombinedChannelDuplexHandler<HttpRequestDecoder, HttpResponseEncoder> {
        Subclass() {
            super(new HttpRequestDecoder(), new HttpResponseEncoder());
        }
    }

    /** A parser that no class of Netty's is part of. */
    private static final class WholeGets extends MessageToMessageDecoder<ByteBuf> {
        private final StringBuilder seen = new StringBuilder();

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf msg, List<Object> out) {
            seen.append(msg.toString(StandardCharsets.US_ASCII));
            if (seen.indexOf("\r\n\r\n") >= 0) {
                seen.setLength(0);
                out.add(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
            }
        }
    }

    private static final class Responses extends MessageToByteEncoder<Object> {
        @Override
        protected void encode(ChannelHandlerContext ctx, Object msg, ByteBuf out) {
            ByteBufUtil.writeAscii(out, msg instanceof HttpResponse ? "head" : "rest");
        }
    }

    private static final class Unification extends ByteToMessageDecoder {
        private final Consumer<ChannelPipeline> codec;
        private ChannelHandler[] behind = {};

        Unification(Consumer<ChannelPipeline> codec) {
            this.codec = codec;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            codec.accept(ctx.pipeline());
            ctx.pipeline().addLast(behind);
            ctx.pipeline().remove(this);
        }
    }
}
