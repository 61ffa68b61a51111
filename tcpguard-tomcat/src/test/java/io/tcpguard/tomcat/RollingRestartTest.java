/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two guarded servers behind Debian's HAProxy, restarted in turn while clients go on. */
@Tag("long")
class RollingRestartTest {
    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");

    private final List<Node> nodes = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean going = true;
    private int front;
    private Path base = Path.of("");
    private @Nullable Process proxy;

    @BeforeEach
    void begin(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(HAPROXY), "no " + HAPROXY + " (Debian's package haproxy)");
        base = directory;
        List<Integer> free = freePorts(5);
        front = free.get(0);
        nodes.add(new Node("a", free.get(1), free.get(2)).start());
        nodes.add(new Node("b", free.get(3), free.get(4)).start());
        StringBuilder config = new StringBuilder(
                """
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  option redispatch
                frontend front
                  bind 127.0.0.1:%d
                  default_backend servers
                backend servers
                  option httpchk GET /
                """
                        .formatted(front));
        for (Node node : nodes) {
            config.append("  server %s 127.0.0.1:%d check port %d inter 200ms fall 2 rise 1%n"
                    .formatted(node.name, node.port, node.healthPort));
        }
        Path file = Files.writeString(base.resolve("haproxy.cfg"), config);
        proxy = new ProcessBuilder(HAPROXY.toString(), "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(base.resolve("haproxy.log").toFile())
                .start();
    }

    @AfterEach
    void end() throws Exception {
        going = false;
        for (Thread client : clients) {
            client.join();
        }
        Process running = proxy;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
        for (Node node : nodes) {
            node.close();
        }
    }

    @Test
    void losesNoRequestWhileEachServerIsRestartedInTurn() throws Exception {
        Await.until("through the proxy", () -> get(HttpClient.newHttpClient()).equals("200"));
        for (int i = 0; i < 4; i++) {
            Thread client = new Thread(this::ask, "client " + i);
            client.start();
            clients.add(client);
        }
        for (Node node : nodes) {
            Await.until(node.name + " serves", () -> node.served.get() > 50);
            TomcatGuard.drainAndStop(
                    node.guard(), node.tomcat().getServer(), Duration.ofSeconds(2), Duration.ofSeconds(15));
            node.close();
            node.served.set(0);
            node.start();
            Await.until(node.name + " serves again", () -> node.served.get() > 50);
        }
        assertThat(failures).isEmpty();
        assertThat(answers.get()).isGreaterThan(200);
    }

    private void ask() {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        while (going) {
            String answer = get(client);
            if (answer.equals("200")) {
                answers.incrementAndGet();
            } else {
                failures.add(answer);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private String get(HttpClient client) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front + "/"))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            return String.valueOf(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** One server, of which each life has a guard of its own. */
    private final class Node {
        final String name;
        final int port;
        final int healthPort;
        final AtomicInteger served = new AtomicInteger();
        private @Nullable TcpGuard guard;
        private @Nullable Tomcat tomcat;

        Node(String name, int port, int healthPort) {
            this.name = name;
            this.port = port;
            this.healthPort = healthPort;
        }

        TcpGuard guard() {
            return Objects.requireNonNull(guard);
        }

        Tomcat tomcat() {
            return Objects.requireNonNull(tomcat);
        }

        Node start() throws Exception {
            TcpGuard fresh = TcpGuard.builder()
                    .healthPort(healthPort)
                    .behindProxy(true)
                    .build()
                    .start();
            guard = fresh;
            Tomcat server = new Tomcat();
            tomcat = server;
            server.setBaseDir(base.resolve(name).toString());
            server.setConnector(TomcatGuard.connector(fresh, port));
            server.getHost();
            server.getEngine().setName(name);
            server.getEngine().getPipeline().addValve(new ValveBase(true) {
                @Override
                public void invoke(Request request, Response response) throws IOException {
                    served.incrementAndGet();
                    response.setContentLength(2);
                    response.getWriter().write("ok");
                }
            });
            server.start();
            return this;
        }

        void close() throws Exception {
            if (tomcat != null) {
                tomcat().stop();
                tomcat().destroy();
                tomcat = null;
            }
            if (guard != null) {
                guard().close();
                guard = null;
            }
        }
    }
}
