/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.netty.reactor.ReactorGuard;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Reactor Netty, which Spring WebFlux stands on. Its bootstrap is its own; who makes its channels is not. */
final class ReactorNettyServer {
    private ReactorNettyServer() {}

    static HttpServer server(TcpGuard guard) {
        // tag::guard[]
        HttpServer server = ReactorGuard.install(HttpServer.create(), NettyGuard.of(guard));
        // end::guard[]
        return server.host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get("/", (request, response) -> response.sendString(Mono.just("hello"))));
    }

    static DisposableServer bind(TcpGuard guard) {
        return server(guard).bindNow();
    }
}
