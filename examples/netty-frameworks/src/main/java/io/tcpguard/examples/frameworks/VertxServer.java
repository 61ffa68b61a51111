/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.tcpguard.TcpGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;

/** Vert.x with {@link GuardedTransport}. */
final class VertxServer {
    private VertxServer() {}

    static Vertx vertx(TcpGuard guard) {
        // tag::guard[]
        GuardedTransport.guard(guard);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        // end::guard[]
        return vertx;
    }

    static Future<HttpServer> listen(Vertx vertx) {
        return vertx.createHttpServer()
                .requestHandler(request -> request.response().end("hello"))
                .listen(0, "127.0.0.1");
    }
}
