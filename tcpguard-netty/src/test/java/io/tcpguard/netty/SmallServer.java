/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.AttributeKey;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server in a JVM of its own, with TLS where {@link Tls#KEYS} says by which keys:
 * {@code transport speech on|refusing|off setting=value…}, "refusing" at once and without eviction; "port=" with as
 * many connections as its port may hold, "weight=" with bytes of heap that each connection takes. Says its port and
 * health port, then does as each line says that it is given, answers one line of numbers, and ends with its input.
 */
final class SmallServer {
    private static final String PORT = "port=";
    private static final String WEIGHT = "weight=";
    private static final AttributeKey<byte[]> TAKEN = AttributeKey.valueOf(SmallServer.class, "taken");

    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final AtomicInteger OPEN = new AtomicInteger();

    private static final FileInputStream[] LEAKS = new FileInputStream[10_000];
    private static int leaks;

    private SmallServer() {}

    public static void main(String[] args) throws Exception {
        SslContext tls = System.getProperty(Tls.KEYS) == null
                ? null
                : SslContextBuilder.forServer(Tls.ofThisServer())
                        .sslProvider(SslProvider.JDK)
                        .build();
        Transport transport = Transport.valueOf(args[0]);
        Speech speech = Speech.valueOf(args[1]);
        Optional<String> cannot = transport.whyNot();
        if (cannot.isPresent()) {
            System.out.println("> cannot: " + cannot.get());
            return;
        }
        TcpGuard guard = args[2].equals("off") ? null : guard(args);
        int weight = number(args, WEIGHT, 0);
        EventLoopGroup boss = transport.loops(1);
        EventLoopGroup workers = transport.loops(2);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(transport.server())
                // So that who does not read is noticed after some kilobytes, not after what loopback buffers.
                .childOption(ChannelOption.SO_SNDBUF, 32768)
                .childHandler(Boot.each(child -> {
                    OPENED.incrementAndGet();
                    child.attr(TAKEN).set(new byte[weight]);
                    OPEN.incrementAndGet();
                    child.closeFuture().addListener(closed -> OPEN.decrementAndGet());
                    if (tls != null) {
                        child.pipeline().addLast(tls.newHandler(child.alloc()));
                    }
                    speech.pipeline(child);
                }));
        if (guard != null) {
            NettyGuard.of(guard, speech.protocol())
                    .maxConnections(number(args, PORT, -1))
                    .install(bootstrap);
        }
        Channel server = Boot.bound(bootstrap);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        System.out.println("> " + Boot.port(server) + " " + (guard == null ? -1 : guard.healthPort()));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("leak")) {
                leak();
            } else if (line.equals("heal")) {
                heal();
            } else if (line.equals("gc")) {
                // Buffers that nobody released are reported when they are collected.
                System.gc();
            }
            System.out.println("> " + numbers(server, guard));
        }
        System.exit(0);
    }

    private static int number(String[] args, String name, int byDefault) {
        return Stream.of(args)
                .filter(arg -> arg.startsWith(name))
                .map(arg -> Integer.valueOf(arg.substring(name.length())))
                .findFirst()
                .orElse(byDefault);
    }

    private static TcpGuard guard(String[] args) {
        GuardBuilder builder = TcpGuard.builder().healthPort(0).reclaim(args[2].equals("on"));
        if (args[2].equals("refusing")) {
            builder.set("queueWait", "0s");
        }
        for (int i = 3; i < args.length; i++) {
            if (args[i].startsWith(PORT) || args[i].startsWith(WEIGHT)) {
                continue;
            }
            int equals = args[i].indexOf('=');
            builder.set(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        return builder.build().start();
    }

    /** Takes every descriptor that is left, as an application does that forgets to close. */
    private static void leak() {
        try {
            while (leaks < LEAKS.length) {
                LEAKS[leaks] = new FileInputStream("/dev/null");
                leaks++;
            }
        } catch (IOException noneLeft) {
            System.err.println("leaked " + leaks);
        }
    }

    private static void heal() throws IOException {
        while (leaks > 0) {
            LEAKS[--leaks].close();
        }
    }

    /** level used limit own opened open refused resets evicted autoRead boss leading what-leads */
    private static String numbers(Channel server, @Nullable TcpGuard guard) {
        boolean bossLives = !server.eventLoop().isShuttingDown();
        if (guard == null) {
            return "- 0 0 0 " + OPENED + " " + OPEN + " 0 0 0 "
                    + server.config().isAutoRead() + " " + bossLives + " - -";
        }
        Capacity capacity = guard.snapshot().capacity();
        return guard.snapshot().level() + " " + capacity.used() + " " + capacity.limit() + " " + capacity.own() + " "
                + OPENED + " " + OPEN + " " + guard.shed().of(RefusalCounters.Stage.ACCEPT) + " "
                + resets(guard) + " " + guard.shed().of(RefusalCounters.Stage.KEEP_ALIVE) + " "
                + server.config().isAutoRead() + " " + bossLives
                + " " + guard.snapshot().leading() + " " + pressure(guard);
    }

    /** Those of the refused that were counted as refused by reset. */
    private static long resets(TcpGuard guard) {
        return Stream.of(RefusalCounters.Reason.values())
                .mapToLong(cause -> guard.shed().of(RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, cause))
                .sum();
    }

    /** The figures of every signal that is above NORMAL, in one word. */
    private static String pressure(TcpGuard guard) {
        String above = guard.snapshot().signals().stream()
                .filter(signal -> signal.level().atLeast(Level.ELEVATED))
                .map(signal -> signal.reading() instanceof Reading.Measured m
                        ? m.signal() + ":" + m.used() + "/" + m.limit()
                        : signal.reading().signal() + ":unknown")
                .collect(Collectors.joining(","));
        return above.isEmpty() ? "-" : above;
    }
}
