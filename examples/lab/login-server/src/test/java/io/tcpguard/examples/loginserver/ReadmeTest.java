/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.tomcat.TomcatGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every snippet of the README stands in here to the letter, and runs. */
class ReadmeTest {
    private static final Path README = Path.of("../../../README.md");
    private static final Path THIS = Path.of("src/test/java/io/tcpguard/examples/loginserver/ReadmeTest.java");

    @Test
    void quotesOnlyCodeThatRuns() throws IOException {
        List<String> blocks = blocks("java");
        String source = normalized(Files.readString(THIS)).replace("freePort()", "8081");

        assertThat(blocks).hasSize(2);
        assertThat(blocks).allSatisfy(block -> assertThat(source).contains(normalized(block)));
    }

    @Test
    void startsWithExactlyTwoCommands() throws IOException {
        List<String> commands = blocks("sh").get(0).lines().toList();

        assertThat(commands).hasSize(2).allSatisfy(c -> assertThat(c).startsWith("mvn "));
    }

    @Test
    void linksOnlyToWhatIsThere() throws IOException {
        Matcher links = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(README));
        while (links.find()) {
            assertThat(README.resolveSibling(links.group(1))).exists();
        }
    }

    @Test
    void quotesTheLvsConfigurationThatIsShipped() throws IOException {
        String shipped = withoutComments(Files.readString(Path.of("../../../docs/keepalived/http-get.conf")));
        String quoted = blocks("").stream()
                .filter(b -> b.contains("real_server"))
                .findFirst()
                .orElseThrow();

        assertThat(shipped).contains(withoutComments(quoted));
    }

    @Test
    void guardsEmbeddedTomcatInTwoLines(@TempDir Path base) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.addContext("", null);
        // @formatter:off
        TcpGuard guard = TcpGuard.builder().healthPort(freePort()).build().start();
        tomcat.setConnector(TomcatGuard.connector(guard, 8080));
        // @formatter:on
        tomcat.getConnector().setPort(0);
        try (guard) {
            tomcat.start();

            assertThat(comesUp(guard)).isTrue();
            assertThat(connects(tomcat.getConnector().getLocalPort())).isTrue();
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @Test
    void guardsNettyInTwoLines() throws Exception {
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // Nothing: what is tested is that it is accepted.
                    }
                });
        // @formatter:off
        TcpGuard guard = TcpGuard.builder().healthPort(freePort()).build().start();
        NettyGuard.install(bootstrap, guard);
        // @formatter:on
        try (guard) {
            Channel server = bootstrap.bind(0).sync().channel();

            assertThat(comesUp(guard)).isTrue();
            assertThat(connects(((java.net.InetSocketAddress) server.localAddress()).getPort()))
                    .isTrue();
            server.close().sync();
        } finally {
            group.shutdownGracefully().sync();
        }
    }

    private static int freePort() {
        return 0;
    }

    /** Down for the sample or two that it takes to see that the listener accepts. */
    private static boolean comesUp(TcpGuard guard) throws Exception {
        HttpRequest check = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + guard.healthPort() + "/health"))
                .build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        int status;
        do {
            status = HttpClient.newHttpClient()
                    .send(check, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } while (status != 200 && System.nanoTime() - deadline < 0);
        return status == 200;
    }

    private static boolean connects(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher fences = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$").matcher(Files.readString(README));
        List<String> blocks = new ArrayList<>();
        while (fences.find()) {
            if (fences.group(1).equals(language)) {
                blocks.add(fences.group(2));
            }
        }
        return blocks;
    }

    private static String normalized(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
    }

    private static String withoutComments(String configuration) {
        return configuration
                .lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("#") && !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }
}
