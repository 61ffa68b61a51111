/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One of the servers in a JVM of its own, with 400 descriptors. */
final class Child implements AutoCloseable {
    final int port;
    private final JavaChild jvm;

    Child(String framework) throws IOException {
        jvm = new JavaChild(JavaChild.command(
                400, List.of("-Xmx96m", "-XX:TieredStopAtLevel=1"), JavaChild.classPath(), Child.class, framework));
        port = (int) jvm.numbers()[0];
    }

    /** Connections in the guard's books. */
    long own() throws IOException {
        return Long.parseLong(jvm.tell("o"));
    }

    /** Connections refused so far. */
    long refused() throws IOException {
        return Long.parseLong(jvm.tell("r"));
    }

    @Override
    public void close() throws IOException {
        jvm.close();
    }

    public static void main(String[] args) throws Exception {
        TcpGuard guard = TcpGuard.builder()
                .reclaim(false)
                .set("queueWait", "500ms")
                .build()
                .start();
        System.out.println("> " + start(args[0], guard));
        for (int what = System.in.read(); what >= 0; what = System.in.read()) {
            if (what != '\n') {
                System.out.println("> "
                        + (what == 'o'
                                ? guard.snapshot().capacity().own()
                                : guard.shed().of(RefusalCounters.Stage.ACCEPT)));
            }
        }
        System.exit(0);
    }

    private static int start(String framework, TcpGuard guard) throws Exception {
        return switch (framework) {
            case "reactor" -> ReactorNettyServer.bind(guard).port();
            case "vertx" ->
                VertxServer.listen(VertxServer.vertx(guard))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .actualPort();
            case "grpc" -> {
                EventLoopGroup loops = new NioEventLoopGroup(2);
                yield GrpcServer.start(guard, loops, loops).getPort();
            }
            default -> throw new IllegalArgumentException(framework + " (expected: reactor, vertx or grpc)");
        };
    }
}
