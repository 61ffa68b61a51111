/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.RefusalPace;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full server refuses as fast whatever those do who are refused. */
@Timeout(120)
class RefusalPaceTest {
    private static final int SLOTS = 20;

    @Tag("long")
    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void isWithinAFactorOfThreeWhateverTheyDo(Transport transport) throws Exception {
        List<Socket> atWork = new ArrayList<>();
        EventLoopGroup loops = transport.loops(2);
        try (TcpGuard guard = TcpGuard.builder()
                .set("queueWait", "0s")
                .set("resetBudget", "0")
                .set("fairness", "false")
                .set("maxConnections", String.valueOf(SLOTS))
                .build()
                .start()) {
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(loops)
                    .channel(transport.server())
                    .childHandler(Boot.each(Service.NEVER_READS::pipeline));
            NettyGuard.of(guard).install(bootstrap);
            Channel server = Boot.bound(bootstrap);
            int port = Boot.port(server);
            for (int i = 0; i < SLOTS; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                atWork.add(client);
                client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            Await.until("full", () -> guard.snapshot().capacity().own() >= SLOTS);
            var pace = RefusalPace.of(port, () -> guard.shed().of(Stage.ACCEPT));
            System.out.println("FIGURE refused by Netty on " + transport + " in the same time: " + pace);

            assertThat(Collections.max(pace.values()))
                    .as("%s", pace)
                    .isLessThanOrEqualTo(3 * Collections.min(pace.values()));
        } finally {
            for (Socket client : atWork) {
                client.close();
            }
            loops.shutdownGracefully().syncUninterruptibly();
        }
    }
}
