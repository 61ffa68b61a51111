/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each framework over real sockets: the guard counts its connections, refuses at the admission threshold, and lets the
 * admitted be.
 */
@Timeout(90)
class FrameworksTest {
    private static final int FLOOD = 450;
    private static final int REFUSALS = 10;

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "vertx"})
    void servesItsSessionWhileItRefusesAFlood(String framework) throws IOException {
        try (Child server = new Child(framework)) {
            Socket session = connect(server.port);
            assertThat(get(session)).startsWith("HTTP/1.1 200 ");
            Await.until("one connection", () -> server.own() == 1);

            flood(server);

            assertThat(get(session)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void servesItsCallsWhileItRefusesAFlood() throws Exception {
        try (Child server = new Child("grpc")) {
            ManagedChannel client = NettyChannelBuilder.forAddress("127.0.0.1", server.port)
                    .usePlaintext()
                    .build();
            try {
                assertThat(hello(client, "one")).isEqualTo("hello one");
                Await.until("one connection", () -> server.own() == 1);

                flood(server);

                assertThat(hello(client, "two")).isEqualTo("hello two");
            } finally {
                client.shutdownNow();
                assertThat(client.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static String hello(ManagedChannel client, String name) {
        return ClientCalls.blockingUnaryCall(
                client, GrpcServer.HELLO, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), name);
    }

    /** More silent connections than fit. */
    private void flood(Child server) throws IOException {
        for (int i = 0; i < FLOOD; i++) {
            connect(server.port);
        }
        Await.until("refusals", () -> server.refused() >= REFUSALS);
        Await.until("slots taken", () -> server.own() > FLOOD / 4);
    }

    private Socket connect(int port) throws IOException {
        Socket client = new Socket();
        sockets.add(client);
        client.setSoTimeout(20_000);
        try {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
        } catch (SocketException refused) {
            // The handshake was done, and the refusal came before connect had looked at it.
            assertThat(refused).hasMessageContaining("reset");
        }
        return client;
    }

    /** One request; what came until the body's last byte. */
    private static String get(Socket client) throws IOException {
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream in = client.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("hello") < 0) {
            int b = in.read();
            assertThat(b).as("end of stream after %s", answer).isNotNegative();
            answer.append((char) b);
        }
        // Reactor Netty sends text of unknown length in chunks: the end mark follows.
        int rest = answer.indexOf("chunked") < 0 ? 0 : 7;
        assertThat(in.readNBytes(rest)).hasSize(rest);
        return answer.toString();
    }
}
