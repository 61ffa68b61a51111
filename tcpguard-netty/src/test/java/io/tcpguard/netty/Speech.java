/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the tests' servers and clients speak: a Netty pipeline on one side, plain bytes on the other. */
@SuppressWarnings("FutureReturnValueIgnored")
enum Speech {
    HTTP1 {
        @Override
        Protocol protocol() {
            return Protocol.HTTP;
        }

        @Override
        void pipeline(Channel child) {
            child.pipeline().addLast(new HttpServerCodec(), new Http1Ok());
        }

        @Override
        byte[] ask(int n) {
            return "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        void answer(DataInputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            if (head.indexOf("HTTP/1.1 200 ") != 0) {
                throw new IOException(head.toString());
            }
        }
    },
    HTTP2 {
        @Override
        Protocol protocol() {
            return Protocol.HTTP;
        }

        @Override
        void pipeline(Channel child) {
            child.pipeline()
                    .addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new Http2Ok()));
        }

        /** Preface and empty SETTINGS before the first; GET / http from HPACK's static table. */
        @Override
        byte[] ask(int n) {
            ByteBuf bytes = Unpooled.buffer();
            if (n == 0) {
                bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                bytes.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            }
            bytes.writeBytes(new byte[] {0, 0, 3, HEADERS, 5}).writeInt(2 * n + 1);
            bytes.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84});
            byte[] all = new byte[bytes.readableBytes()];
            bytes.readBytes(all);
            return all;
        }

        @Override
        void answer(DataInputStream in) throws IOException {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                if (in.skipBytes(5 + length) < 5 + length) {
                    throw new EOFException();
                }
                if (type == HEADERS) {
                    return;
                }
                if (type == 3 || type == 7) {
                    throw new IOException("refused by frame " + type);
                }
            }
        }
    },
    RAW {
        @Override
        Protocol protocol() {
            return Protocol.OTHER;
        }

        @Override
        void pipeline(Channel child) {
            child.pipeline().addLast(new LengthFieldBasedFrameDecoder(1024, 0, 4), new Echo());
        }

        @Override
        byte[] ask(int n) {
            return new byte[] {0, 0, 0, 2, 'h', 'i'};
        }

        @Override
        void answer(DataInputStream in) throws IOException {
            in.readFully(new byte[6]);
        }
    };

    private static final byte HEADERS = 1;

    abstract Protocol protocol();

    /** The application. */
    abstract void pipeline(Channel child);

    /** The n-th request of a connection, from 0. */
    abstract byte[] ask(int n);

    /** Reads one answer that is not a refusal. */
    abstract void answer(DataInputStream in) throws IOException;

    private static final class Http1Ok extends SimpleChannelInboundHandler<Object> {
        private static final int BIG = 256 * 1024;

        private int size;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof HttpRequest request) {
                size = request.uri().equals("/big") ? BIG : 0;
            }
            if (msg instanceof LastHttpContent) {
                ByteBuf body = ctx.alloc().buffer(Math.max(16, size)).writeZero(size);
                FullHttpResponse response =
                        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
                response.headers().set("content-length", size);
                ctx.writeAndFlush(response);
            }
        }
    }

    @Sharable
    private static final class Http2Ok extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2HeadersFrame) {
                ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), true));
            }
        }
    }

    private static final class Echo extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf msg) {
            ctx.writeAndFlush(msg.retain());
        }
    }
}
