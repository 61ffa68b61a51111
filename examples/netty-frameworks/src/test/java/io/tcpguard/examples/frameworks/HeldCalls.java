/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.state.RefusalCounters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A server in a JVM of its own whose gRPC calls take several minimum idle times, in which nothing is sent either way.
 * Says its port, then for each line how many idle connections have made room.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class HeldCalls {
    static final long FLOOR_MILLIS = 1000;
    static final long HELD_MILLIS = 4 * FLOOR_MILLIS;

    /** Answered late. */
    static final MethodDescriptor<String, String> UNARY = method("unary", MethodType.UNARY);
    /** A message at once, and another late. */
    static final MethodDescriptor<String, String> DOWN = method("down", MethodType.SERVER_STREAMING);
    /** Answered when the client has ended. */
    static final MethodDescriptor<String, String> UP = method("up", MethodType.CLIENT_STREAMING);
    /** Each message is answered by one. */
    static final MethodDescriptor<String, String> BOTH = method("both", MethodType.BIDI_STREAMING);

    private HeldCalls() {}

    public static void main(String[] args) throws IOException {
        TcpGuard guard = TcpGuard.builder()
                .idleFloor(Duration.ofMillis(FLOOR_MILLIS))
                .set("fairness", "false")
                .set("evictionsPerSecond", "100")
                .build()
                .start();
        System.out.println("> " + start(guard, new NioEventLoopGroup(2)).getPort());
        for (int c = System.in.read(); c >= 0; c = System.in.read()) {
            if (c == '\n') {
                System.out.println("> " + guard.shed().of(RefusalCounters.Stage.KEEP_ALIVE));
            }
        }
        System.exit(0);
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return GrpcServer.HELLO.toBuilder()
                .setFullMethodName("held/" + name)
                .setType(type)
                .build();
    }

    private static Server start(TcpGuard guard, EventLoopGroup loops) throws IOException {
        ScheduledExecutorService later = Executors.newScheduledThreadPool(1);
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .channelFactory(NettyGuard.of(guard).channelFactory(NioServerSocketChannel::new))
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .addService(ServerServiceDefinition.builder("held")
                        .addMethod(UNARY, ServerCalls.asyncUnaryCall((name, answer) -> last(later, answer)))
                        .addMethod(DOWN, ServerCalls.asyncServerStreamingCall((name, answer) -> {
                            answer.onNext("first");
                            last(later, answer);
                        }))
                        .addMethod(UP, ServerCalls.asyncClientStreamingCall(answer -> new Echo(answer, true)))
                        .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(answer -> new Echo(answer, false)))
                        .build())
                .build()
                .start();
    }

    private static void last(ScheduledExecutorService later, StreamObserver<String> answer) {
        later.schedule(
                () -> {
                    answer.onNext("last");
                    answer.onCompleted();
                },
                HELD_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private record Echo(StreamObserver<String> answer, boolean onlyAtTheEnd) implements StreamObserver<String> {
        @Override
        public void onNext(String message) {
            if (!onlyAtTheEnd) {
                answer.onNext(message);
            }
        }

        @Override
        public void onError(Throwable t) {
            // The client is gone.
        }

        @Override
        public void onCompleted() {
            if (onlyAtTheEnd) {
                answer.onNext("last");
            }
            answer.onCompleted();
        }
    }
}
