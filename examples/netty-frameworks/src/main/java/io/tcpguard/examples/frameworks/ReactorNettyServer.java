package io.tcpguard.examples.frameworks;

import io.netty.channel.ChannelHandler;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Reactor Netty, which Spring WebFlux stands on. Its bootstrap is its own; the bound channel is not. */
final class ReactorNettyServer {
    private ReactorNettyServer() {}

    static DisposableServer bind(TcpGuard guard) {
        // tag::guard[]
        ChannelHandler gate = NettyGuard.of(guard).acceptHandler();
        HttpServer server = HttpServer.create()
                .doOnBound(bound -> bound.channel().pipeline().addFirst(gate));
        // end::guard[]
        return server.host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get("/", (request, response) -> response.sendString(Mono.just("hello"))))
                .bindNow();
    }
}
