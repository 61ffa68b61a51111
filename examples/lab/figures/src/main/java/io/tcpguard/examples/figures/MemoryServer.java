/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/**
 * The process whose memory is measured: {@code SERVER KEYSTORE}. Says its port, and for each line on its standard input
 * what its heap holds after a collection and its direct buffers, in bytes. A request for {@code /wait} is not answered.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports to the promise
public final class MemoryServer {
    private static final byte[] BODY = "good day\n".getBytes(StandardCharsets.US_ASCII);

    private MemoryServer() {}

    /** See the class. */
    public static void main(String[] args) throws Exception {
        ConnectionMemory.Server server = ConnectionMemory.Server.valueOf(args[0]);
        Path keys = Path.of(args[1]);
        int port = server.netty() ? netty(server, keys) : tomcat(server, keys);
        System.out.println(port);
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (asked.readLine() != null) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
            System.gc();
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            System.out.println(heap + " " + direct);
        }
        Runtime.getRuntime().halt(0);
    }

    private static int tomcat(ConnectionMemory.Server server, Path keys) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(keys.toAbsolutePath().resolveSibling(".").normalize().toString());
        Connector connector = new Connector("HTTP/1.1");
        connector.setPort(0);
        connector.setThrowOnFailure(true);
        if (server.tls()) {
            SSLHostConfig host = new SSLHostConfig();
            SSLHostConfigCertificate certificate =
                    new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
            certificate.setCertificateKeystoreFile(keys.toString());
            certificate.setCertificateKeystorePassword(ConnectionMemory.PASSWORD);
            host.addCertificate(certificate);
            connector.setProperty("SSLEnabled", "true");
            connector.addSslHostConfig(host);
        }
        if (server.http2()) {
            connector.addUpgradeProtocol(new Http2Protocol());
        }
        connector.setProperty("maxConnections", "-1");
        connector.setProperty("connectionTimeout", "600000");
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "answer", new Answer()).addMapping("/");
        tomcat.start();
        return connector.getLocalPort();
    }

    private static int netty(ConnectionMemory.Server server, Path keys) throws Exception {
        SslContext tls = server.tls() ? tls(keys) : null;
        ByteBufAllocator allocator = server == ConnectionMemory.Server.NETTY_UNPOOLED
                ? UnpooledByteBufAllocator.DEFAULT
                : PooledByteBufAllocator.DEFAULT;
        Channel bound = new ServerBootstrap()
                .group(Transport.NIO.loops(1), Transport.NIO.loops(0))
                .channel(Transport.NIO.server())
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        if (tls != null) {
                            child.pipeline().addLast(tls.newHandler(child.alloc()));
                        }
                        child.pipeline().addLast(new HttpServerCodec(), new AnswerIt());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) bound.localAddress()).getPort();
    }

    private static SslContext tls(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] password = ConnectionMemory.PASSWORD.toCharArray();
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, password);
        return SslContextBuilder.forServer(managers).build();
    }

    private static final class Answer extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getRequestURI().equals("/wait")) {
                try {
                    TimeUnit.MINUTES.sleep(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            response.setContentLength(BODY.length);
            response.getOutputStream().write(BODY);
        }
    }

    private static final class AnswerIt extends SimpleChannelInboundHandler<HttpObject> {
        private boolean waits;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpRequest request) {
                waits = request.uri().equals("/wait");
            }
            if (part instanceof LastHttpContent && !waits) {
                DefaultFullHttpResponse answer = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(BODY));
                answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, BODY.length);
                context.writeAndFlush(answer);
            }
        }

        /** A client that has gone. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
