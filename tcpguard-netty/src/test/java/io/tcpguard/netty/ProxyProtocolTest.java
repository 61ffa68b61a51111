/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.FakeControl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose a connection is, by the PROXY protocol, on real sockets with Netty's own decoder. */
@Timeout(60)
class ProxyProtocolTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String CLIENT = "198.51.100.7";

    private final FakeControl policy = new FakeControl();
    private final List<EventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void end() {
        for (EventLoopGroup group : groups) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private int serve(Transport transport, boolean decoder) {
        EventLoopGroup loops = transport.loops(2);
        groups.add(loops);
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(transport.server())
                .handler(new AcceptHandlerInstaller(new Ports(policy, Protocol.HTTP)))
                .childHandler(Boot.each(child -> {
                    if (decoder) {
                        child.pipeline().addLast(new HAProxyMessageDecoder(), new Taken());
                    }
                    Speech.HTTP1.pipeline(child);
                }))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return Boot.port(server);
    }

    private static final class Taken extends SimpleChannelInboundHandler<HAProxyMessage> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage message) {
            ctx.pipeline().remove(this);
        }
    }

    private static String ask(int port, byte[] header) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(20_000);
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            first.write(header);
            first.write(GET.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(first.toByteArray());
            return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    /** Whose the connections are, as far as it was said. */
    private List<String> clients() {
        return policy.handles.stream()
                .map(handle -> handle.client)
                .filter(Objects::nonNull)
                .toList();
    }

    private static byte[] version1(String client) {
        return ("PROXY TCP4 " + client + " 192.0.2.1 35646 80\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] version2(InetAddress client, boolean local) throws IOException {
        byte[] address = client.getAddress();
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(new byte[] {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'});
        header.write(local ? 0x20 : 0x21);
        header.write(address.length == 4 ? 0x11 : 0x21);
        header.write(0);
        header.write(2 * address.length + 4);
        header.write(address);
        header.write(address);
        header.write(new byte[] {1, 2, 0, 80});
        return header.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void refusesOneClientAndServesOthersOfTheSameProxy(Transport transport) throws IOException {
        int port = serve(transport, true);
        policy.refusedClients.add(CLIENT);

        assertThat(ask(port, version1(CLIENT))).isEqualTo("HTTP/1.1 503");
        assertThat(ask(port, version1("203.0.113.1"))).isEqualTo("HTTP/1.1 200");
        assertThat(ask(port, version2(InetAddress.getByName(CLIENT), false))).isEqualTo("HTTP/1.1 503");
        assertThat(clients()).containsExactly(CLIENT, "203.0.113.1", CLIENT);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void answersRefusedConnectionsBehindTheirHeader(Transport transport) throws IOException {
        int port = serve(transport, true);
        policy.connections = Admission.RESPOND;

        assertThat(ask(port, version1(CLIENT))).isEqualTo("HTTP/1.1 503");
        assertThat(ask(port, version2(InetAddress.getByName(CLIENT), false))).isEqualTo("HTTP/1.1 503");
        assertThat(ask(port, version2(InetAddress.getByName("2001:db8::7"), true)))
                .isEqualTo("HTTP/1.1 503");
    }

    @ParameterizedTest
    @CsvSource({"2001:db8::7, 2001:db8:0:0:0:0:0:7", "192.0.2.9, 192.0.2.9"})
    void readsBothKindsOfAddressesOfTheBinaryForm(String client, String named) throws IOException {
        int port = serve(Transport.NIO, true);

        assertThat(ask(port, version2(InetAddress.getByName(client), false))).isEqualTo("HTTP/1.1 200");
        assertThat(clients()).containsExactly(named);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void aCheckOfTheProxyItselfIsNobodyElses(Transport transport) throws IOException {
        int port = serve(transport, true);

        assertThat(ask(port, version2(InetAddress.getByName(CLIENT), true))).isEqualTo("HTTP/1.1 200");
        assertThat(ask(port, "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("HTTP/1.1 200");
        assertThat(clients()).isEmpty();
        assertThat(policy.forwarded).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void believesNobodyWhereTheApplicationHasNoDecoder(Transport transport) throws IOException {
        int port = serve(transport, false);
        policy.refusedClients.add(CLIENT);

        assertThat(ask(port, version1(CLIENT))).doesNotContain("503");
        assertThat(clients()).isEmpty();
        assertThat(policy.forwarded).isEmpty();
    }
}
