/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import io.tcpguard.testkit.Await;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VertxServerTest {
    private static final int VERTICLES = 3;

    @Test
    void isOneGuardedChannelForEachPortHoweverManyVerticlesListen() throws Exception {
        int port = freePort();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            Vertx vertx = VertxServer.vertx(guard);
            try {
                get(vertx.deployVerticle(() -> new Listening(port), new DeploymentOptions().setInstances(VERTICLES)));
                Await.until("a channel is watched", () -> queues(guard) > 0);

                assertThat(queues(guard)).isOne();
            } finally {
                get(vertx.close());
            }
        }
    }

    /** Each guarded server channel has its accept queue looked at. */
    private static long queues(TcpGuard guard) {
        return guard.snapshot().signals().stream()
                .filter(signal -> signal.reading().signal() == Signal.ACCEPT_QUEUE)
                .count();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static <T> void get(Future<T> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static final class Listening extends AbstractVerticle {
        private final int port;

        Listening(int port) {
            this.port = port;
        }

        @Override
        public void start(Promise<Void> started) {
            vertx.createHttpServer()
                    .requestHandler(request -> request.response().end("hello"))
                    .listen(port, "127.0.0.1")
                    .<Void>mapEmpty()
                    .onComplete(started);
        }
    }
}
