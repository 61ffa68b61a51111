/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

/** What the strangers wrote: a server, one request to it, one to its health port. */
final class Mains {
    private static final String ASK =
            """

                static String get(int port, String path) throws Exception {
                    var client = java.net.http.HttpClient.newHttpClient();
                    var uri = java.net.URI.create("http://127.0.0.1:" + port + path);
                    java.net.http.HttpResponse<String> answer = null;
                    // Health is not up before the first listener is known to accept.
                    for (int i = 0; i < 100 && (answer == null || answer.statusCode() != 200); i++) {
                        if (answer != null) {
                            Thread.sleep(100);
                        }
                        answer = client.send(java.net.http.HttpRequest.newBuilder(uri).build(),
                                java.net.http.HttpResponse.BodyHandlers.ofString());
                    }
                    return answer.statusCode() + " " + answer.body();
                }

                static void ask(int port, int healthPort) throws Exception {
                    System.out.println("request: " + get(port, "/"));
                    String health = get(healthPort, "/health");
                    System.out.println(health.startsWith("200") ? "health: UP" : "health: " + health);
                }

                static int free() throws Exception {
                    try (var socket = new java.net.ServerSocket(0)) {
                        return socket.getLocalPort();
                    }
                }
            }
            """;

    static final String CORE =
            """
            package consumer;

            import io.tcpguard.TcpGuard;

            public class Main {
                public static void main(String[] args) throws Exception {
                    int healthPort = free();
                    try (TcpGuard guard = TcpGuard.builder().healthPort(healthPort).build().start();
                            var server = java.nio.channels.ServerSocketChannel.open()) {
                        server.bind(new java.net.InetSocketAddress("127.0.0.1", 0));
                        int port = ((java.net.InetSocketAddress) server.getLocalAddress()).getPort();
                        var listener = guard.listen("plain", port, () -> server.isOpen());
                        var acceptor = new Thread(() -> {
                            try {
                                var channel = server.accept();
                                System.out.println(listener.accept(null));
                                channel.read(java.nio.ByteBuffer.allocate(4096));
                                channel.write(java.nio.ByteBuffer.wrap(
                                        "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n".getBytes()));
                                channel.close();
                            } catch (java.io.IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
                        acceptor.setDaemon(true);
                        acceptor.start();
                        ask(port, healthPort);
                    }
                }
            """
                    + ASK;

    static final String TOMCAT =
            """
            package consumer;

            import io.tcpguard.TcpGuard;
            import io.tcpguard.tomcat.TomcatGuard;
            import org.apache.catalina.startup.Tomcat;

            public class Main {
                public static void main(String[] args) throws Exception {
                    int port = free();
                    int healthPort = free();
                    TcpGuard guard = TcpGuard.builder().healthPort(healthPort).build().start();
                    Tomcat tomcat = new Tomcat();
                    tomcat.setBaseDir(java.nio.file.Files.createTempDirectory("consumer").toString());
                    tomcat.setConnector(TomcatGuard.connector(guard, port));
                    tomcat.addContext("", null).getPipeline().addValve(new org.apache.catalina.valves.ValveBase() {
                        @Override
                        public void invoke(org.apache.catalina.connector.Request request,
                                org.apache.catalina.connector.Response response) throws java.io.IOException {
                            response.setStatus(200);
                        }
                    });
                    tomcat.start();
                    ask(port, healthPort);
                    tomcat.stop();
                    guard.close();
                    System.exit(0);
                }
            """
                    + ASK;

    static final String NETTY =
            """
            package consumer;

            import io.netty.bootstrap.ServerBootstrap;
            import io.netty.channel.*;
            import io.netty.channel.nio.NioEventLoopGroup;
            import io.netty.channel.socket.nio.NioServerSocketChannel;
            import io.netty.handler.codec.http.*;
            import io.tcpguard.TcpGuard;
            import io.tcpguard.netty.NettyGuard;

            public class Main {
                public static void main(String[] args) throws Exception {
                    int port = free();
                    int healthPort = free();
                    TcpGuard guard = TcpGuard.builder().healthPort(healthPort).build().start();
                    var group = new NioEventLoopGroup(1);
                    ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                            .childHandler(new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline().addLast(new HttpServerCodec(), new SimpleChannelInboundHandler<HttpRequest>() {
                                        @Override
                                        protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) {
                                            var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                                            answer.headers().set("Content-Length", 0);
                                            ctx.writeAndFlush(answer);
                                        }
                                    });
                                }
                            });
                    NettyGuard.install(bootstrap, guard);
                    bootstrap.bind(port).sync();
                    ask(port, healthPort);
                    guard.close();
                    System.exit(0);
                }
            """
                    + ASK;

    static final String BOOT =
            """
            package consumer;

            import org.springframework.boot.SpringApplication;
            import org.springframework.boot.autoconfigure.SpringBootApplication;
            import org.springframework.web.bind.annotation.*;

            @SpringBootApplication
            @RestController
            public class Main {
                @GetMapping("/")
                public String hello() {
                    return "hello";
                }

                public static void main(String[] args) throws Exception {
                    var context = SpringApplication.run(Main.class, "--server.port=0", "--tcpguard.health-port=0");
                    int port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
                    ask(port, context.getBean(io.tcpguard.TcpGuard.class).healthPort());
                    System.exit(0);
                }
            """
                    + ASK;

    private Mains() {}
}
