/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.reactor.ReactorGuard;
import io.tcpguard.state.RefusalCounters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/**
 * A server in a JVM of its own with a port for each {@link Service}, and one of Reactor Netty that reads late: {@code
 * transport setting=value…}. Says the ports, and answers each line by its numbers: evicted, refused, used, limit.
 */
final class ManyPorts {
    private ManyPorts() {}

    public static void main(String[] args) throws IOException {
        Transport transport = Transport.valueOf(args[0]);
        Optional<String> cannot = transport.whyNot();
        if (cannot.isPresent()) {
            System.out.println("> cannot: " + cannot.get());
            return;
        }
        GuardBuilder builder = TcpGuard.builder();
        for (int i = 1; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            builder.set(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        TcpGuard guard = builder.build().start();
        EventLoopGroup boss = transport.loops(1);
        EventLoopGroup workers = transport.loops(2);
        StringBuilder ports = new StringBuilder();
        for (Service service : Service.values()) {
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(boss, workers)
                    .channel(transport.server())
                    .childHandler(Boot.each(service::pipeline));
            NettyGuard.of(guard, service.protocol).install(bootstrap);
            Channel server = Boot.bound(bootstrap);
            ports.append(Boot.port(server)).append(' ');
        }
        HttpServer reactive = HttpServer.create().host("127.0.0.1").port(0).handle((request, response) -> Mono.delay(
                        Duration.ofMillis(Service.LATE_MILLIS))
                .then(request.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]))
                .flatMap(body -> response.sendString(Mono.just("ok")).then()));
        ports.append(
                ReactorGuard.install(reactive, NettyGuard.of(guard)).bindNow().port());
        System.out.println("> " + ports);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            System.out.println("> " + guard.shed().of(RefusalCounters.Stage.KEEP_ALIVE) + " "
                    + guard.shed().of(RefusalCounters.Stage.ACCEPT) + " "
                    + guard.snapshot().capacity().used() + " "
                    + guard.snapshot().capacity().limit());
        }
        System.exit(0);
    }
}
