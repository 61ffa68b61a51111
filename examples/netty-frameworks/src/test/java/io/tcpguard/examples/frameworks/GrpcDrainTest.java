/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.testkit.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gRPC server is stopped, with a drain before and without: which calls are lost. */
@Tag("long")
@Timeout(120)
class GrpcDrainTest {
    private static final Duration NOTICE = Duration.ofSeconds(2);
    private static final Duration FINISH = Duration.ofSeconds(15);
    private static final long CALL_MILLIS = 300;
    private static final long LONG_CALL_MILLIS = 4_000;

    private final EventLoopGroup boss = new NioEventLoopGroup(1);
    private final EventLoopGroup workers = new NioEventLoopGroup(2);
    private final ScheduledExecutorService work = Executors.newScheduledThreadPool(2);
    private final TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
    private final NettyGuard netty = NettyGuard.of(guard);

    @AfterEach
    void end() {
        guard.close();
        work.shutdownNow();
        boss.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Server start() throws Exception {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .channelFactory(netty.channelFactory(NioServerSocketChannel::new))
                .bossEventLoopGroup(boss)
                .workerEventLoopGroup(workers)
                .addService(ServerServiceDefinition.builder("login")
                        .addMethod(GrpcServer.HELLO, ServerCalls.asyncUnaryCall((name, answer) -> {
                            var unused = work.schedule(
                                    () -> {
                                        answer.onNext("hello " + name);
                                        answer.onCompleted();
                                    },
                                    name.equals("long") ? LONG_CALL_MILLIS : CALL_MILLIS,
                                    TimeUnit.MILLISECONDS);
                        }))
                        .build())
                .build()
                .start();
    }

    /** One client's calls. */
    private static final class Calls implements StreamObserver<String> {
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger served = new AtomicInteger();
        final AtomicInteger lost = new AtomicInteger();

        void call(ManagedChannel client, String name) {
            begun.incrementAndGet();
            ClientCalls.asyncUnaryCall(client.newCall(GrpcServer.HELLO, CallOptions.DEFAULT), name, this);
        }

        @Override
        public void onNext(String answer) {
            served.incrementAndGet();
        }

        @Override
        public void onError(Throwable t) {
            lost.incrementAndGet();
        }

        @Override
        public void onCompleted() {}

        boolean over() {
            return served.get() + lost.get() == begun.get();
        }
    }

    /** Calls before and during the stop, none after the server has begun to refuse them itself; how many were lost. */
    private int lost(boolean drains, AtomicLong leftAfterNanos) throws Exception {
        Server server = start();
        ManagedChannel client = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        ManagedChannel idle = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        Calls calls = new Calls();
        try {
            calls.call(idle, "idle");
            calls.call(client, "warm");
            Await.until("all calls are over", calls::over);
            assertThat(calls.lost).hasValue(0);
            long start = System.nanoTime();
            assertThat(idle.getState(false)).isEqualTo(ConnectivityState.READY);
            idle.notifyWhenStateChanged(ConnectivityState.READY, () -> leftAfterNanos.set(System.nanoTime() - start));
            calls.call(client, "long");
            Thread draining = new Thread(() -> {
                try {
                    netty.drain(NOTICE, FINISH);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            if (drains) {
                draining.start();
            }
            for (int i = 0; i < 60 && (draining.isAlive() || !drains); i++) {
                calls.call(client, "short");
                TimeUnit.MILLISECONDS.sleep(50);
            }
            draining.join();
            server.shutdown();
            assertThat(server.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            Await.until("all calls are over", calls::over);
            return calls.lost.get();
        } finally {
            client.shutdownNow();
            idle.shutdownNow();
            server.shutdownNow();
            netty.resume();
        }
    }

    @Test
    void losesNoCallMoreThanAPlainStopAndTellsIdleClientsFromHalfTheNoticeOn() throws Exception {
        AtomicLong plain = new AtomicLong();
        assertThat(lost(false, plain)).as("plain stop").isZero();
        AtomicLong drained = new AtomicLong();
        assertThat(lost(true, drained)).as("drained").isZero();
        assertThat(drained.get()).isGreaterThanOrEqualTo(NOTICE.toNanos() / 2);
    }
}
