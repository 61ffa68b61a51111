/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.tomcat.TomcatGuard;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

/**
 * {@code tomcat|netty on|off setting=value…}: a server in a JVM of its own, HTTP/1.1 and HTTP/2 in clear on one port.
 * Says its ports, does as each line of its input says, answers each, and ends with it.
 */
final class ServerMain {
    private static final List<FileInputStream> LEAKED = new ArrayList<>();

    /** Does again what a deployment does. */
    private static Runnable redeploy = () -> {};

    private ServerMain() {}

    public static void main(String[] args) {
        try {
            run(args);
            Runtime.getRuntime().halt(0);
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(String[] args) throws Exception {
        GuardBuilder settings = TcpGuard.builder().healthPort(0);
        for (String arg : Arrays.asList(args).subList(2, args.length)) {
            int equals = arg.indexOf('=');
            if (arg.startsWith("log=") || arg.startsWith("dns=") || arg.startsWith("cpu=")) {
                LogTrouble.begin(arg);
                continue;
            }
            settings.set(arg.substring(0, equals), arg.substring(equals + 1));
        }
        TcpGuard guard = args[1].equals("on") ? settings.build().start() : null;
        int port = args[0].equals("tomcat") ? tomcat(guard) : netty(guard);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        System.out.println("> " + port + " " + (guard == null ? -1 : guard.healthPort()));
        LogTrouble.armed = true;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            obey(line, guard);
            System.out.println("> "
                    + (guard == null
                            ? "0 0 stock"
                            : guard.shed().of(Stage.KEEP_ALIVE) + " "
                                    + guard.shed().of(Stage.ACCEPT) + " "
                                    + guard.snapshot().level() + " "
                                    + guard.snapshot().capacity()));
        }
    }

    private static void obey(String line, @Nullable TcpGuard guard) throws Exception {
        if (guard == null) {
            return;
        }
        switch (line) {
            case "drain" -> guard.drain("deploy");
            case "resume" -> guard.resume();
            case "leak" -> leak();
            case "heal" -> {
                for (FileInputStream leaked : LEAKED) {
                    leaked.close();
                }
                LEAKED.clear();
            }
            case "redeploy" -> redeploy.run();
            case "figures" -> System.out.println("> " + figures(guard));
            default -> {
                // Only its books are asked for.
            }
        }
    }

    /** As an application does that forgets to close: until there are forty more, or none is left. */
    private static void leak() {
        try {
            while (LEAKED.size() < 40) {
                LEAKED.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException noneLeft) {
            System.err.println("leaked " + LEAKED.size());
        }
    }

    /** Connections in the books, threads but for the server's pool, and KiB of heap after a collection. */
    private static String figures(TcpGuard guard) {
        System.gc();
        return guard.snapshot().capacity().own() + " "
                + Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !thread.getName().contains("-exec-"))
                        .count()
                + " "
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
    }

    private static int tomcat(@Nullable TcpGuard guard) throws Exception {
        Connector connector = guard == null ? new Connector() : TomcatGuard.connector(guard, 0);
        connector.setPort(0);
        // Sessions here ask more often than Tomcat's hundred times before it ends a connection.
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.addUpgradeProtocol(new Http2Protocol());
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("clients").toString());
        tomcat.setConnector(connector);
        tomcat.getHost();
        tomcat.getEngine().getPipeline().addValve(new ValveBase(true) {
            @Override
            public void invoke(Request request, Response response) throws IOException {
                request.getStream().readAllBytes();
                response.setContentLength(2);
                response.getWriter().write("ok");
            }
        });
        Context context = tomcat.addContext("/app", null);
        tomcat.start();
        redeploy = () -> {
            try {
                context.stop();
                context.start();
                // And a port more, for as long as it is looked at.
                Connector another = guard == null ? new Connector() : TomcatGuard.connector(guard, 0);
                another.setPort(0);
                tomcat.getService().addConnector(another);
                tomcat.getService().removeConnector(another);
                another.destroy();
            } catch (LifecycleException e) {
                throw new IllegalStateException(e);
            }
        };
        return connector.getLocalPort();
    }

    private static int netty(@Nullable TcpGuard guard) {
        EventLoopGroup boss = new NioEventLoopGroup(1);
        EventLoopGroup workers = new NioEventLoopGroup(2);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        NettyPages.pipeline(child.pipeline());
                    }
                });
        if (guard != null) {
            NettyGuard.install(bootstrap, guard);
        }
        Channel channel = bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        redeploy = () -> bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel()
                .close()
                .syncUninterruptibly();
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }
}
