/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.netty.util.ReferenceCountUtil;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("FutureReturnValueIgnored")
class Http1WorkTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private final Guarded guarded = new Guarded();
    private final Application application = new Application();

    @AfterEach
    void close() {
        guarded.close();
    }

    @Test
    void seesWorkFromAWholeRequestToItsWholeResponse() {
        EmbeddedChannel child = serve();

        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));
        assertThat(guarded.handle().begun).hasValue(0);
        child.writeInbound(text("b"));
        assertThat(guarded.handle().working).hasValue(1);

        child.writeOutbound(chunkedHead());
        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(guarded.handle().working).hasValue(0);
        assertThat(guarded.handle().begun).hasValue(1);
    }

    @Test
    void takesAHeadThatTricklesInForNoActivityAndABodyForSomeByTheKilobyte() {
        EmbeddedChannel child = serve();
        for (char one : "POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r".toCharArray()) {
            child.writeInbound(text(String.valueOf(one)));
        }
        assertThat(guarded.handle().touched).hasValue(0);

        child.writeInbound(text("\n"));
        assertThat(guarded.handle().touched).hasValue(1);
        for (int i = 0; i < 1_023; i++) {
            child.writeInbound(text("a"));
        }
        assertThat(guarded.handle().touched).hasValue(1);
        child.writeInbound(text("a"));
        assertThat(guarded.handle().touched).hasValue(2);
    }

    @Test
    void callsARequestUnfinishedFromItsHeadToItsEnd() {
        EmbeddedChannel child = serve();
        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));
        assertThat(guarded.handle().unfinished).isTrue();

        child.writeInbound(text("b"));
        assertThat(guarded.handle().unfinished).isFalse();
    }

    @Test
    void callsARefusedRequestUnfinishedNoMoreOnceItsBodyIsOver() {
        EmbeddedChannel child = serve();
        guarded.policy.requests = Admission.RESPOND;
        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));

        child.writeInbound(text("b"));

        assertThat(guarded.handle().unfinished).isFalse();
        answer(child);
    }

    @Test
    void isAtWorkFromTheBeginOfAResponseThoughTheRequestGoesOn() {
        EmbeddedChannel child = serve();
        child.writeInbound(text("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"));

        child.writeOutbound(chunkedHead());
        assertThat(guarded.handle().working).hasValue(1);
        assertThat(guarded.handle().unfinished).isFalse();
        child.writeInbound(text("1\r\na\r\n0\r\n\r\n"));
        assertThat(guarded.handle().working).hasValue(1);

        child.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(guarded.handle().working).hasValue(0);
        assertThat(guarded.handle().begun).hasValue(1);
    }

    @Test
    void isAtWorkWhileTheClientWaitsToBeToldToContinue() {
        EmbeddedChannel child = serve();
        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
        assertThat(guarded.handle().working).hasValue(1);

        child.writeOutbound(response(HttpResponseStatus.CONTINUE));
        assertThat(guarded.handle().working).hasValue(0);
        assertThat(guarded.handle().unfinished).isTrue();
        child.writeInbound(text("ab"));
        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(ok());

        assertThat(guarded.handle().working).hasValue(0);
        assertThat(guarded.handle().unfinished).isFalse();
    }

    @Test
    void endsEachWorkOfPipelinedRequestsWhoseLastOneExpectsAWord() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET + "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
        assertThat(guarded.handle().working).hasValue(2);

        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(1);
        child.writeInbound(text("ab"));
        child.writeOutbound(ok());

        assertThat(guarded.handle().working).hasValue(0);
        assertThat(guarded.handle().unfinished).isFalse();
    }

    @Test
    void keepsATunnel() {
        EmbeddedChannel child = serve();
        child.writeInbound(text("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"));
        child.writeOutbound(response(HttpResponseStatus.FORBIDDEN));
        assertThat(guarded.handle().kept).isFalse();

        child.writeInbound(text("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"));
        child.writeOutbound(response(HttpResponseStatus.OK));

        assertThat(guarded.handle().kept).isTrue();
    }

    @Test
    void countsPipelinedRequests() {
        EmbeddedChannel child = serve();

        child.writeInbound(text(GET + GET));
        assertThat(guarded.handle().working).hasValue(2);

        child.writeOutbound(ok(), ok());
        assertThat(guarded.handle().working).hasValue(0);
    }

    @Test
    void worksForADecoderAndAnEncoderApart() {
        EmbeddedChannel child = guarded.child(new HttpRequestDecoder(), new HttpResponseEncoder(), application);

        child.writeInbound(text(GET));
        assertThat(guarded.handle().working).hasValue(1);

        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);
    }

    @Test
    void takesAnAnswerBeforeTheEndOfTheRequestForTheEndOfTheWork() {
        EmbeddedChannel child = serve();
        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));

        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);
        child.writeInbound(text("b"));
        assertThat(guarded.handle().working).hasValue(0);
        assertThat(guarded.handle().unfinished).isFalse();

        child.writeInbound(text(GET));
        assertThat(guarded.handle().working).hasValue(1);
    }

    @Test
    void takesNoInterimResponseForTheAnswer() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));

        child.writeOutbound(response(HttpResponseStatus.CONTINUE));
        assertThat(guarded.handle().working).hasValue(1);

        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);
    }

    @Test
    void keepsAConnectionThatLeavesHttp() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));

        FullHttpResponse websocket = response(HttpResponseStatus.SWITCHING_PROTOCOLS);
        websocket.headers().set("upgrade", "websocket");
        child.writeOutbound(websocket);

        assertThat(guarded.handle().kept).isTrue();
        assertThat(guarded.handle().working).hasValue(0);
    }

    @Test
    void doesNotKeepAConnectionThatGoesOverToHttp2() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));

        FullHttpResponse h2c = response(HttpResponseStatus.SWITCHING_PROTOCOLS);
        h2c.headers().set("upgrade", "h2c");
        child.writeOutbound(h2c);

        assertThat(guarded.handle().kept).isFalse();
    }

    @Test
    void endsWorkThatWasNotAnsweredWhenItsCodecLeaves() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));

        child.pipeline().remove(HttpServerCodec.class);
        child.pipeline().addLast(new Discard());
        child.writeInbound(text("anything"));

        assertThat(guarded.handle().begun).as("one by the codec, one by guess").hasValue(2);
        assertThat(guarded.handle().working).hasValue(1);
    }

    @Test
    void refusesARequestAndKeepsItsConnection() {
        EmbeddedChannel child = serve();
        guarded.policy.requests = Admission.RESPOND;

        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));
        child.writeInbound(text("b"));

        assertThat(answer(child))
                .startsWith("HTTP/1.1 503 ")
                .contains("Retry-After: 2\r\n", "X-Tcpguard: refused; cause=work\r\n", "content-length: 67\r\n")
                .endsWith("\r\n\r\nRefused: work waits for too long on this server.\nTry again in 2 s.\n");
        assertThat(application.requests).isZero();
        assertThat(guarded.policy.refusedRequests).hasValue(1);
        assertThat(guarded.handle().begun).hasValue(0);
        assertThat(child.isOpen()).isTrue();

        guarded.policy.requests = Admission.ADMIT;
        child.writeInbound(text(GET));
        assertThat(application.requests).isEqualTo(1);
        assertThat(guarded.handle().working).hasValue(1);
    }

    @Test
    void refusesNoRequestBehindOneThatIsNotAnsweredYet() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));

        guarded.policy.requests = Admission.RESPOND;
        child.writeInbound(text(GET));

        assertThat(application.requests).isEqualTo(2);
        assertThat(guarded.policy.refusedRequests).hasValue(0);
    }

    @Test
    void closesAfterARefusalIfTheClientWillNotSendItsBody() {
        EmbeddedChannel child = serve();
        child.freezeTime();
        guarded.policy.requests = Admission.RESPOND;

        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
        assertThat(answer(child)).contains("connection: close\r\n");
        assertThat(child.isOpen()).isTrue();

        child.advanceTimeBy(1, TimeUnit.SECONDS);
        child.runScheduledPendingTasks();
        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void dropsTheRequestOfAConnectionThatIsBeingEvicted() {
        EmbeddedChannel child = serve();
        child.writeInbound(text("GET / HT"));
        guarded.handle().evicting = true;

        child.writeInbound(text("TP/1.1\r\nHost: x\r\n\r\n"));

        assertThat(application.ends).isZero();
    }

    @Test
    void endsAConnectionByItsNextAnswerWhenTheServerLeaves() {
        EmbeddedChannel child = serve();
        child.freezeTime();
        child.writeInbound(text(GET));
        child.writeOutbound(ok());
        assertThat(answer(child)).doesNotContain("close");
        guarded.ports.leave(true);

        child.writeInbound(text(GET));
        child.writeOutbound(ok());

        assertThat(answer(child)).contains("connection: close\r\n");
        child.writeInbound(text(GET));
        assertThat(application.requests).isEqualTo(2);
        assertThat(child.isOpen()).isTrue();
        child.advanceTimeBy(Pacing.CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        child.runScheduledPendingTasks();
        assertThat(child.isOpen()).isFalse();
        assertThat(guarded.handle().working).hasValue(0);
    }

    /** As Reactor Netty does: it answers when it sees the head. */
    @Test
    void endsAConnectionByAnAnswerThatCameBeforeTheEndOfItsRequest() {
        EmbeddedChannel child = serve();
        child.freezeTime();
        guarded.ports.leave(true);
        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));

        child.writeOutbound(ok());
        assertThat(answer(child)).contains("connection: close\r\n");
        child.writeInbound(text("b"));

        assertThat(application.ends).isEqualTo(1);
        child.writeInbound(text(GET));
        assertThat(application.requests).isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            child.advanceTimeBy(Pacing.CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
            child.runScheduledPendingTasks();
        }
        assertThat(child.isOpen()).isFalse();
    }

    /** A close over a body that nobody has read is a reset, and takes the answer along. */
    @Test
    void takesTheRestOfABodyAfterTheLastAnswerAsLongAsItComes() {
        EmbeddedChannel child = serve();
        child.freezeTime();
        guarded.ports.leave(true);
        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\na"));
        child.writeOutbound(ok());
        for (int i = 0; i < 5; i++) {
            child.advanceTimeBy(Pacing.CLOSE_GRACE_MILLIS - 1, TimeUnit.MILLISECONDS);
            child.writeInbound(text("b"));
            child.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            child.runScheduledPendingTasks();
            assertThat(child.isOpen()).isTrue();
        }
        child.advanceTimeBy(Pacing.CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        child.runScheduledPendingTasks();
        assertThat(child.isOpen()).as("no more comes").isFalse();
    }

    @Test
    void takesTheBodyOfARefusedRequestForHalfAMinuteAtMost() {
        EmbeddedChannel child = serve();
        child.freezeTime();
        guarded.policy.requests = Admission.RESPOND;
        child.writeInbound(text("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 99\r\n\r\n"));
        assertThat(answer(child)).contains("connection: close\r\n");
        int graces = 0;
        for (; child.isOpen() && graces < 99; graces++) {
            child.writeInbound(text("b"));
            child.advanceTimeBy(Pacing.CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
            child.runScheduledPendingTasks();
        }
        assertThat(graces).isEqualTo(30);
        assertThat(application.requests).isZero();
    }

    @Test
    void endsNoTunnelByTheAnswerThatOpensIt() {
        EmbeddedChannel child = serve();
        guarded.ports.leave(true);
        child.writeInbound(text("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"));

        child.writeOutbound(response(HttpResponseStatus.OK));

        assertThat(answer(child)).doesNotContain("close");
        assertThat(guarded.handle().kept).isTrue();
    }

    @Test
    void answersPipelinedRequestsBeforeItEndsTheirConnection() {
        EmbeddedChannel child = serve();
        guarded.ports.leave(true);
        child.writeInbound(text(GET + GET));

        child.writeOutbound(ok());
        assertThat(answer(child)).doesNotContain("close");
        child.writeOutbound(ok());

        assertThat(answer(child)).contains("connection: close\r\n");
    }

    /** As Netty's example of port unification does it, and by a handler that is no decoder. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsARequestWhoseFirstBytesMadeItsPipeline(boolean decoder) {
        EmbeddedChannel child = guarded.child(
                decoder ? new Unification(application) : new PlainUnification(HttpServerCodec::new, application));

        child.writeInbound(text(GET));
        assertThat(child.pipeline().get(HttpServerCodec.class)).isNotNull();
        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);

        child.writeInbound(text(GET));
        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesHalfAHeadThatMadeItsPipelineForNoWorkOfTheServers(boolean decoder) {
        EmbeddedChannel child = guarded.child(
                decoder ? new Unification(application) : new PlainUnification(HttpServerCodec::new, application));

        child.writeInbound(text("GET / HTTP/1.1\r\nHo"));
        assertThat(guarded.handle().working.get() == 0 || guarded.handle().unfinished)
                .isTrue();

        child.writeInbound(text("st: x\r\n\r\n"));
        assertThat(guarded.handle().unfinished).isFalse();
        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isAtWorkAsLongAsAnAnswerGoesOnThatBeganWithTheBytesThatMadeItsPipeline(boolean decoder) {
        ChannelHandler streams = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                if (msg instanceof LastHttpContent) {
                    ctx.writeAndFlush(chunkedHead());
                }
                ReferenceCountUtil.release(msg);
            }
        };
        EmbeddedChannel child =
                guarded.child(decoder ? new Unification(streams) : new PlainUnification(HttpServerCodec::new, streams));

        child.writeInbound(text(GET));
        assertThat(guarded.handle().working).hasValue(1);

        child.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(guarded.handle().working).hasValue(0);
    }

    /** A body that was refused before it was sent never comes: the decoder reads the next head. */
    @Test
    void countsTheRequestAfterOneWhoseBodyWasRefused() {
        EmbeddedChannel child = guarded.child(new HttpServerCodec(), new HttpObjectAggregator(10), application);

        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n"));
        assertThat(answer(child)).startsWith("HTTP/1.1 413 ");
        assertThat(guarded.handle().working).hasValue(0);

        child.writeInbound(text(GET));
        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(ok());
        assertThat(guarded.handle().working).hasValue(0);
    }

    /** The codec throws at the second end; the connection goes on. */
    @Test
    void countsTheRequestAfterAnAnswerThatEndedTwice() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));
        child.writeOutbound(ok());
        child.write(LastHttpContent.EMPTY_LAST_CONTENT);

        child.writeInbound(text(GET));

        assertThat(guarded.handle().working).hasValue(1);
    }

    @Test
    void leavesWorkToBytesWhereItSeesOneSideOnly() {
        EmbeddedChannel child = guarded.child(new HttpRequestDecoder(), application);

        child.writeInbound(text(GET));
        assertThat(guarded.handle().working).hasValue(1);
        child.writeOutbound(text("HTTP/1.1 204 No Content\r\n\r\n"));

        assertThat(guarded.handle().working).hasValue(0);
    }

    @Test
    void sitsBehindTheCodecAgainWhenItWasTakenOut() {
        EmbeddedChannel child = serve();
        child.writeInbound(text(GET));
        child.writeOutbound(ok());
        child.pipeline().remove(Http1Work.class);

        child.writeInbound(text(GET));

        assertThat(guarded.handle().working).hasValue(1);
    }

    /** An application that asks for each message hears nothing of one that is refused. */
    @Test
    void asksForTheRequestAfterARefusedOneWhereNobodyElseDoes() {
        Reads reads = new Reads();
        EmbeddedChannel child = guarded.child(reads, new HttpServerCodec(), application);
        child.config().setAutoRead(false);
        guarded.policy.requests = Admission.RESPOND;
        reads.asked = 0;

        child.writeInbound(text("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na"));
        assertThat(reads.asked).as("for the rest").isPositive();
        reads.asked = 0;
        child.writeInbound(text("b"));

        assertThat(reads.asked).as("for the next request").isPositive();
    }

    /** The application may send the same object, or its headers, to everybody. */
    @ParameterizedTest
    @MethodSource
    void leavesTheApplicationsOwnHeadersAlone(HttpHeaders headers) {
        EmbeddedChannel child = serve();
        guarded.ports.leave(true);
        child.writeInbound(text(GET));

        child.writeOutbound(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE));

        assertThat(answer(child)).startsWith("HTTP/1.1 200 ").contains("connection: close\r\n");
        assertThat(headers.contains("connection")).isFalse();
        assertThat(guarded.handle().working).hasValue(0);
    }

    static List<HttpHeaders> leavesTheApplicationsOwnHeadersAlone() {
        return List.of(
                new DefaultHttpHeaders().set("content-length", 0),
                new ReadOnlyHttpHeaders(false, "content-length", "0"),
                EmptyHttpHeaders.INSTANCE);
    }

    @Test
    void sendsAnAnswerWhoseHeadersCannotBeCopiedAsItIs() {
        EmbeddedChannel child = serve();
        guarded.ports.leave(true);
        child.writeInbound(text(GET));
        HttpHeaders own = new DefaultHttpHeaders() {
            @Override
            public HttpHeaders copy() {
                throw new UnsupportedOperationException("of a test");
            }
        };

        child.writeOutbound(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.EMPTY_BUFFER,
                own.set("content-length", 0),
                EmptyHttpHeaders.INSTANCE));

        assertThat(answer(child)).startsWith("HTTP/1.1 200 ");
        assertThat(guarded.handle().working).hasValue(0);
    }

    /** A decoder makes what headers its factory says. */
    @Test
    void servesARequestWhoseHeadersItDoesNotUnderstand() {
        HttpHeadersFactory own = new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new OwnHeaders();
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return new OwnHeaders();
            }
        };
        EmbeddedChannel child =
                guarded.child(new HttpServerCodec(new HttpDecoderConfig().setHeadersFactory(own)), application);

        child.writeInbound(text("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na"));
        child.checkException();

        assertThat(application.requests).isEqualTo(1);
        assertThat(guarded.handle().working).hasValue(1);
    }

    private EmbeddedChannel serve() {
        return guarded.child(new HttpServerCodec(), application);
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String answer(EmbeddedChannel child) {
        StringBuilder all = new StringBuilder();
        for (ByteBuf part = child.readOutbound(); part != null; part = child.readOutbound()) {
            all.append(part.toString(StandardCharsets.US_ASCII));
            part.release();
        }
        return all.toString();
    }

    private static FullHttpResponse ok() {
        FullHttpResponse response = response(HttpResponseStatus.OK);
        response.headers().set("content-length", 0);
        return response;
    }

    private static FullHttpResponse response(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    }

    private static DefaultHttpResponse chunkedHead() {
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("transfer-encoding", "chunked");
        return head;
    }

    /** Counts heads and ends of requests; answers nothing by itself. */
    private static final class Application extends ChannelInboundHandlerAdapter {
        int requests;
        int ends;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            requests += msg instanceof HttpRequest ? 1 : 0;
            ends += msg instanceof LastHttpContent ? 1 : 0;
            ReferenceCountUtil.release(msg);
        }
    }

    private static final class Discard extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
        }
    }

    private static final class Unification extends ByteToMessageDecoder {
        private final ChannelHandler behind;

        Unification(ChannelHandler behind) {
            this.behind = behind;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            ctx.pipeline().addLast(new HttpServerCodec(), behind);
            ctx.pipeline().remove(this);
        }
    }

    static final class PlainUnification extends ChannelInboundHandlerAdapter {
        private final Supplier<ChannelHandler> codec;
        private final ChannelHandler behind;

        PlainUnification(Supplier<ChannelHandler> codec, ChannelHandler behind) {
            this.codec = codec;
            this.behind = behind;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.pipeline().addLast(codec.get(), behind);
            ctx.fireChannelRead(msg);
            ctx.pipeline().remove(this);
        }
    }

    /** Counts what is asked of the transport. */
    private static final class Reads extends ChannelOutboundHandlerAdapter {
        int asked;

        @Override
        public void read(ChannelHandlerContext ctx) {
            asked++;
            ctx.read();
        }
    }

    /** Answers only what its own framework asks. */
    private static final class OwnHeaders extends DefaultHttpHeaders {
        @Override
        public boolean contains(String name) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public String get(CharSequence name) {
            if (name.toString().equals("expect")) {
                throw new UnsupportedOperationException("expect");
            }
            return super.get(name);
        }
    }
}
