/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of 200 slots one address holds nearly all, and none of its connections is idle for long enough to give way yet. */
@Timeout(60)
class ProxyFoundTest extends LocalServer {
    private static final int SLOTS = 200;
    private static final int NEWCOMERS = 20;
    /** Nobody has to give way to its own newcomers. */
    private static final String NEVER = "1h";

    private static final String CROWD = "127.0.0.2";

    private int port;

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to it.
    private enum Said {
        HEADER("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n"),
        PREFACE("PROXY TCP4 198.51.100.7 198.51.100.1 35646 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

        final byte[] request;

        Said(String request) {
            this.request = request.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private void start(String idleFloor) {
        guard = TcpGuard.builder()
                .healthPort(0)
                .set("idleFloor", idleFloor)
                .set("resetBudget", "0")
                .build()
                .start();
        port = bind(NettyGuard.of(guard).maxConnections(SLOTS), child -> {
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

    private Socket ask(String from, byte[] request) throws IOException {
        Socket client = client();
        client.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        ask(client, port, request);
        return client;
    }

    private void holdSlots(int others, Said said) throws Exception {
        for (int i = 0; i < others; i++) {
            assertThat(isServed(ask("127.0.1." + (1 + i), Speech.HTTP1.ask(0)))).isTrue();
        }
        while (clients.size() < SLOTS) {
            assertThat(isServed(ask(CROWD, said.request))).isTrue();
        }
        // Its requests are looked at once a second.
        TimeUnit.MILLISECONDS.sleep(3200);
    }

    private int servedOfTheSameAddress(Said said) throws IOException {
        List<Socket> newcomers = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            newcomers.add(ask(CROWD, said.request));
        }
        int served = 0;
        for (Socket newcomer : newcomers) {
            served += isServed(newcomer) ? 1 : 0;
        }
        return served;
    }

    private long unfair() {
        return guard.shed().of(Stage.ACCEPT, Method.ANSWER, Reason.UNFAIR_SOURCE);
    }

    @ParameterizedTest
    @Tag("long")
    @EnumSource(Said.class)
    void aProxyIsFoundByWhatItSaysAndItsConnectionsAreServedByTurn(Said said) throws Exception {
        start("6s");
        holdSlots(3, said);

        assertThat(servedOfTheSameAddress(said)).isEqualTo(NEWCOMERS);
        assertThat(unfair()).isZero();
    }

    @Test
    void whoForgesItAmongOthersGainsNothing() throws Exception {
        start(NEVER);
        holdSlots(12, Said.HEADER);

        assertThat(servedOfTheSameAddress(Said.HEADER)).isZero();
        assertThat(unfair()).isEqualTo(NEWCOMERS);
    }
}
