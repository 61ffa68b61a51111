/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class HealthHandlerTest {
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    @Test
    void saysInAPipelineWhatTheHealthPortSays() throws Exception {
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        try (TcpGuard guard = TcpGuard.builder()
                .healthPort(0)
                .set(Setting.CHECK_INTERVAL, Duration.ofSeconds(1))
                .build()
                .start()) {
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(Boot.each(child -> child.pipeline()
                            .addLast(new HttpServerCodec(), NettyGuard.healthHandler(guard, "/health"))));
            NettyGuard.install(bootstrap, guard);
            Channel server = Boot.bound(bootstrap);
            int port = Boot.port(server);

            HttpResponse<String> up = await(port, "text/plain", r -> r.statusCode() == 200);
            assertThat(up.body())
                    .startsWith("UP ")
                    .isEqualTo(ask(guard.healthPort(), "text/plain").body());

            guard.drain("maintenance");

            HttpResponse<String> down = await(port, "application/json", r -> r.statusCode() == 503);
            HttpResponse<String> own = ask(guard.healthPort(), "application/json");
            assertThat(down.body()).contains("\"up\":false", "maintenance").isEqualTo(own.body());
            for (String header : new String[] {"Content-Type", "Retry-After", "x-envoy-immediate-health-check-fail"}) {
                assertThat(down.headers().firstValue(header))
                        .isPresent()
                        .isEqualTo(own.headers().firstValue(header));
            }
            server.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void keepsTheConnectionAndHandsOtherRequestsOn() {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            EmbeddedChannel child = new EmbeddedChannel(NettyGuard.healthHandler(guard, "/health"));

            assertThat(child.writeInbound(request("/healthy"))).isTrue();
            assertThat(child.<FullHttpRequest>readInbound().uri()).isEqualTo("/healthy");
            child.writeOutbound(ok());
            child.<FullHttpResponse>readOutbound().release();

            assertThat(child.writeInbound(request("/health?deep"))).isFalse();
            FullHttpResponse answer = child.readOutbound();
            assertThat(answer.status()).isEqualTo(HttpResponseStatus.OK);
            answer.release();
            assertThat(child.isOpen()).isTrue();
            child.finishAndReleaseAll();
        }
    }

    @Test
    void neverOvertakesTheAnswerToAnEarlierRequest() {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            EmbeddedChannel child = new EmbeddedChannel(NettyGuard.healthHandler(guard, "/health"));

            child.writeInbound(request("/slow"), request("/health"));

            assertThat(child.<Object>readOutbound()).isNull();
            assertThat(child.inboundMessages()).hasSize(2);
            FullHttpResponse hint = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.EARLY_HINTS);
            child.writeOutbound(hint, ok(), ok());
            child.writeInbound(request("/health"));
            assertThat(child.inboundMessages()).hasSize(2);
            child.finishAndReleaseAll();
        }
    }

    @Test
    void answersHeadWithoutABodyButItsLength() {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            EmbeddedChannel child = new EmbeddedChannel(NettyGuard.healthHandler(guard, "/health"));

            io.netty.handler.codec.http.HttpRequest head = new io.netty.handler.codec.http.DefaultHttpRequest(
                    HttpVersion.HTTP_1_0, HttpMethod.HEAD, "/health");
            assertThat(child.writeInbound(head, LastHttpContent.EMPTY_LAST_CONTENT))
                    .isFalse();

            FullHttpResponse answer = child.readOutbound();
            assertThat(answer.content().readableBytes()).isZero();
            assertThat(answer.headers().getInt("content-length")).isPositive();
            assertThat(child.isOpen()).as("HTTP/1.0 asked for no more").isFalse();
        }
    }

    private static FullHttpRequest request(String uri) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse ok() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
    }

    private HttpResponse<String> ask(int port, String accept) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** An application that asks for each message hears nothing of a check. */
    @Test
    void asksForTheRequestAfterACheckWhereNobodyElseDoes() {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            AtomicInteger reads = new AtomicInteger();
            EmbeddedChannel child = new EmbeddedChannel(
                    new ChannelOutboundHandlerAdapter() {
                        @Override
                        public void read(ChannelHandlerContext ctx) {
                            reads.incrementAndGet();
                        }
                    },
                    NettyGuard.healthHandler(guard, "/health"));
            child.config().setAutoRead(false);
            reads.set(0);

            child.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/health"));

            assertThat(reads).hasValue(1);
            child.releaseOutbound();
        }
    }

    private HttpResponse<String> await(int port, String accept, Predicate<HttpResponse<String>> told) {
        return Await.value(() -> ask(port, accept), told);
    }
}
