/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored")
class Http2WorkTest {
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final int REFUSED_STREAM = 7;

    private final Guarded guarded = new Guarded();
    private final Application application = new Application();

    @AfterEach
    void close() {
        guarded.close();
    }

    @Test
    void takesAnOpenStreamForWork() {
        EmbeddedChannel child = serve();
        assertThat(guarded.handle().begun).as("the preface is no work").hasValue(0);

        child.writeInbound(get(1));
        child.writeInbound(get(3));
        assertThat(guarded.handle().working).hasValue(2);

        application.answerAll();
        assertThat(guarded.handle().working).hasValue(0);
        assertThat(frames(child)).filteredOn(f -> f.type == HEADERS).hasSize(2);
    }

    @Test
    void hearsOfAProxyFromItsFirstStream() {
        EmbeddedChannel plain = serve();
        plain.writeInbound(get(1));
        assertThat(guarded.handle().forwards).isFalse();

        EmbeddedChannel proxy = serve();
        int[] request = {0x82, 0x86, 0x84, 0, 9, 'f', 'o', 'r', 'w', 'a', 'r', 'd', 'e', 'd', 1, 'x'};
        proxy.writeInbound(frame(HEADERS, 0x5, 1, request));
        assertThat(guarded.handle().forwards).isTrue();
    }

    @Test
    void refusesAStreamSoThatTheClientMayTryAgain() {
        EmbeddedChannel child = serve();
        guarded.policy.requests = Admission.RESPOND;

        child.writeInbound(get(1));

        assertThat(frames(child))
                .filteredOn(f -> f.type == RST_STREAM)
                .singleElement()
                .satisfies(f -> assertThat(f.code).isEqualTo(REFUSED_STREAM));
        assertThat(application.waiting).isEmpty();
        assertThat(guarded.policy.refusedRequests).hasValue(1);
        assertThat(guarded.handle().begun).hasValue(0);

        guarded.policy.requests = Admission.ADMIT;
        child.writeInbound(get(3));
        assertThat(application.waiting).hasSize(1);
        assertThat(guarded.handle().working).hasValue(1);
    }

    @Test
    void saysGoawayWhenAnIdleConnectionIsEvictedInOrder() {
        EmbeddedChannel child = serve();
        frames(child);

        guarded.handle().closer.close(Closing.ORDERLY);
        child.runPendingTasks();

        assertThat(frames(child)).extracting(Frame::type).contains(GOAWAY);
        assertThat(child.isOpen()).isFalse();
        assertThat(guarded.handle().closed).hasValue(1);
    }

    @Test
    void endsTheWorkOfAClientThatHangsUp() {
        EmbeddedChannel child = serve();
        child.writeInbound(get(1));

        child.close();

        assertThat(guarded.handle().working).hasValue(0);
        frames(child);
    }

    private EmbeddedChannel serve() {
        EmbeddedChannel child =
                guarded.child(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(application));
        child.writeInbound(Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII));
        child.writeInbound(frame(4, 0, 0));
        return child;
    }

    /** GET / http, all from the static table of HPACK (RFC 7541, appendix A). */
    private static ByteBuf get(int stream) {
        return frame(HEADERS, 0x5, stream, 0x82, 0x86, 0x84);
    }

    private static ByteBuf frame(int type, int flags, int stream, int... payload) {
        ByteBuf frame =
                Unpooled.buffer().writeMedium(payload.length).writeByte(type).writeByte(flags);
        frame.writeInt(stream);
        for (int b : payload) {
            frame.writeByte(b);
        }
        return frame;
    }

    private record Frame(int type, int code) {}

    private static List<Frame> frames(EmbeddedChannel child) {
        child.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = child.readOutbound(); part != null; part = child.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        List<Frame> frames = new ArrayList<>();
        while (all.isReadable()) {
            int length = all.readMedium();
            int type = all.readByte();
            all.skipBytes(5);
            frames.add(new Frame(type, type == RST_STREAM ? all.getInt(all.readerIndex()) : 0));
            all.skipBytes(length);
        }
        return frames;
    }

    /** Holds its streams until they are to be answered. */
    @Sharable
    private static final class Application extends ChannelInboundHandlerAdapter {
        final List<ChannelHandlerContext> waiting = new ArrayList<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2HeadersFrame) {
                waiting.add(ctx);
            }
            ReferenceCountUtil.release(msg);
        }

        void answerAll() {
            for (ChannelHandlerContext stream : waiting) {
                stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), true));
            }
            waiting.clear();
        }
    }
}
