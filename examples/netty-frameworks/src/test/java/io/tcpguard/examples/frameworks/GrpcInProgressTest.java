/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of each kind on a server at its threshold, with newcomers all the time: none is cut, whoever is silent. */
@Tag("long")
@Timeout(120)
class GrpcInProgressTest {
    private static final int EACH = 6;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private final List<ManagedChannel> clients = new ArrayList<>();
    private final List<Socket> newcomers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        clients.forEach(ManagedChannel::shutdownNow);
        for (Socket newcomer : newcomers) {
            newcomer.close();
        }
    }

    /** One call: done when it has ended as it should. */
    private static final class Call implements StreamObserver<String> {
        final CompletableFuture<Integer> done = new CompletableFuture<>();
        private int messages;

        @Override
        public void onNext(String message) {
            messages++;
        }

        @Override
        public void onError(Throwable t) {
            done.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            done.complete(messages);
        }
    }

    @Test
    void noneIsCut() throws Exception {
        try (JavaChild server = new JavaChild(JavaChild.command(
                256, List.of("-Xmx96m", "-XX:TieredStopAtLevel=1"), JavaChild.classPath(), HeldCalls.class))) {
            int port = (int) server.numbers()[0];
            Map<String, List<Call>> calls = new TreeMap<>();
            List<StreamObserver<String>> open = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                Call unary = add(calls, "unary");
                ClientCalls.asyncUnaryCall(client(port).newCall(HeldCalls.UNARY, CallOptions.DEFAULT), "x", unary);
                Call down = add(calls, "down");
                ClientCalls.asyncServerStreamingCall(
                        client(port).newCall(HeldCalls.DOWN, CallOptions.DEFAULT), "x", down);
                open.add(ClientCalls.asyncClientStreamingCall(
                        client(port).newCall(HeldCalls.UP, CallOptions.DEFAULT), add(calls, "up")));
                open.add(ClientCalls.asyncBidiStreamingCall(
                        client(port).newCall(HeldCalls.BOTH, CallOptions.DEFAULT), add(calls, "both ways")));
            }
            open.forEach(call -> call.onNext("first"));

            int served = 0;
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HeldCalls.HELD_MILLIS);
            while (System.nanoTime() < end) {
                for (int i = 0; i < 10; i++) {
                    served += newcomer(port) ? 1 : 0;
                }
                LockSupport.parkNanos(100_000_000);
            }
            open.forEach(call -> {
                call.onNext("last");
                call.onCompleted();
            });

            Map<String, String> cut = new TreeMap<>();
            for (Map.Entry<String, List<Call>> kind : calls.entrySet()) {
                for (Call call : kind.getValue()) {
                    try {
                        call.done.get(30, TimeUnit.SECONDS);
                    } catch (ExecutionException e) {
                        cut.merge(kind.getKey(), String.valueOf(e.getCause()), (a, b) -> a + ", " + b);
                    }
                }
            }
            long evicted = Long.parseLong(server.tell("evicted"));
            System.out.printf("newcomers %d, evicted %d, cut %s%n", served, evicted, cut);
            assertThat(cut).isEmpty();
            assertThat(evicted)
                    .as("idle newcomers that gave way, of %d", served)
                    .isGreaterThanOrEqualTo(20);
        }
    }

    private static Call add(Map<String, List<Call>> calls, String kind) {
        Call call = new Call();
        calls.computeIfAbsent(kind, k -> new ArrayList<>()).add(call);
        return call;
    }

    /** A connection of its own. */
    private ManagedChannel client(int port) {
        ManagedChannel client =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        clients.add(client);
        return client;
    }

    /** One that stays, idle. */
    private boolean newcomer(int port) {
        try {
            Socket client = new Socket();
            newcomers.add(client);
            client.setSoTimeout(1_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            client.getOutputStream().write(PREFACE);
            return client.getInputStream().read() >= 0;
        } catch (IOException refused) {
            return false;
        }
    }
}
