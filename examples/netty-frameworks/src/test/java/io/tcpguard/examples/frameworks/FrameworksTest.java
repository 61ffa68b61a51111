package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.nio.NioEventLoopGroup;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Shed;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.DisposableServer;

/** Each framework over real sockets: the guard counts its connections, refuses at the refusal point, and lets the admitted be. */
@Timeout(90)
class FrameworksTest {
    /** Connections between the descriptors in use and the refusal point. */
    private static final int ROOM = 60;

    private final List<Socket> sockets = new ArrayList<>();
    private final List<TcpGuard> guards = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        guards.forEach(TcpGuard::close);
    }

    @Test
    void reactorNettyIsGuardedFromWhatItIsBoundBy() throws IOException {
        TcpGuard guard = guard();
        DisposableServer server = ReactorNettyServer.bind(guard);
        try {
            isGuarded(guard, server.port());
        } finally {
            server.disposeNow();
        }
        await("the port is out of the books", () -> guard.snapshot().capacity().own() == 0);
    }

    @Test
    void vertxIsGuardedByItsTransport() throws Exception {
        TcpGuard guard = guard();
        Vertx vertx = VertxServer.vertx(guard);
        try {
            HttpServer server =
                    VertxServer.listen(vertx).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
            isGuarded(guard, server.actualPort());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void grpcIsGuardedByItsChannelFactory() throws Exception {
        TcpGuard guard = guard();
        NioEventLoopGroup loops = new NioEventLoopGroup(2);
        Server server = GrpcServer.start(guard, loops, loops);
        ManagedChannel client = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try {
            assertThat(hello(client, "one")).isEqualTo("hello one");
            await("one connection", () -> guard.snapshot().capacity().own() == 1);

            flood(guard, server.getPort());

            assertThat(hello(client, "two")).isEqualTo("hello two");
        } finally {
            client.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
            server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static String hello(ManagedChannel client, String name) {
        return ClientCalls.blockingUnaryCall(
                client, GrpcServer.HELLO, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), name);
    }

    private void isGuarded(TcpGuard guard, int port) throws IOException {
        Socket session = connect(port);
        assertThat(get(session)).startsWith("HTTP/1.1 200 ");
        await("one connection", () -> guard.snapshot().capacity().own() == 1);

        flood(guard, port);

        assertThat(get(session)).as("the admitted are served").startsWith("HTTP/1.1 200 ");
    }

    /** More silent connections than fit. */
    private void flood(TcpGuard guard, int port) throws IOException {
        for (int i = 0; i < 2 * ROOM && guard.shed().of(Shed.Layer.ACCEPT) < 10; i++) {
            connect(port);
        }
        await("refusals", () -> guard.shed().of(Shed.Layer.ACCEPT) >= 10);
        // Both ends of each connection are this process's.
        assertThat(guard.snapshot().capacity().own()).isBetween(2L, (long) ROOM);
    }

    /** A guard that begins to refuse {@link #ROOM} descriptors from now. */
    private TcpGuard guard() {
        long used;
        long limit;
        try (TcpGuard looks = TcpGuard.builder().build().start()) {
            used = looks.snapshot().capacity().used();
            limit = looks.snapshot().capacity().limit();
        }
        assumeTrue(limit < 1_000_000, "the largest reserve is a million descriptors, the limit here is " + limit);
        TcpGuard guard = TcpGuard.builder()
                .set(Setting.RESERVE, Math.toIntExact(limit - used - ROOM))
                .reclaim(false)
                .build()
                .start();
        guards.add(guard);
        return guard;
    }

    private Socket connect(int port) throws IOException {
        Socket client = new Socket();
        sockets.add(client);
        client.setSoTimeout(20_000);
        try {
            client.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 20_000);
        } catch (SocketTimeoutException unanswered) {
            throw unanswered;
        } catch (SocketException refused) {
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

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
