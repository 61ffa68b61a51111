/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.FoundProxy;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ProxyFoundTest extends LocalServer {
    private enum Said {
        HEADER("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n"),
        PREFACE("PROXY TCP4 198.51.100.7 198.51.100.1 35646 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

        final String request;

        Said(String request) {
            this.request = request;
        }
    }

    private int start(TcpGuard by) {
        return bind(NettyGuard.of(by).maxConnections(FoundProxy.SLOTS), child -> {
            child.pipeline().addLast(new Preface());
            Speech.HTTP1.pipeline(child);
        });
    }

    /** Takes the line of the PROXY protocol away, as HAProxyMessageDecoder does. */
    private static final class Preface extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            if (in.getByte(in.readerIndex()) == 'P') {
                int end = in.bytesBefore((byte) '\n');
                if (end < 0) {
                    return;
                }
                in.skipBytes(end + 1);
            }
            ctx.pipeline().remove(this);
        }
    }

    @ParameterizedTest
    @Tag("long")
    @EnumSource(Said.class)
    void aProxyIsFoundByWhatItSaysAndItsConnectionsAreServedByTurn(Said said) throws Exception {
        FoundProxy.isFound(this::start, said.request);
    }

    @Test
    void whoForgesItAmongOthersGainsNothing() throws Exception {
        FoundProxy.isNone(this::start, 12, Said.HEADER.request);
    }
}
