/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardLog;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel ask clients whether they are still there (keep-alive, tcp(7)): one that was unplugged sends no FIN,
 * and a connection on which nobody writes would wait for it for ever. Only while slots are scarce, and only those that
 * would never be evicted. Any thread.
 */
final class KeepAliveProbes {
    private static final GuardLog log = GuardLog.of(KeepAliveProbes.class);

    /**
     * Seconds of silence, seconds between probes, probes: a client that is gone is known as gone after eleven seconds.
     */
    private static final List<Integer> SOON = List.of(5, 2, 3);

    private static final List<String> NAMES = List.of("TCP_KEEPIDLE", "TCP_KEEPINTERVAL", "TCP_KEEPCOUNT");

    private static final long AFTERWARDS = TimeUnit.SECONDS.toNanos(30);

    /** As they were before. */
    private record Before(boolean keepAlive, List<Integer> times) {}

    private final Map<SocketChannel, Before> probed = new ConcurrentHashMap<>();
    private volatile long neededAt;

    /** Slots are scarce, and the connection holds one. */
    void probe(SocketChannel channel) {
        neededAt = System.nanoTime();
        if (probed.containsKey(channel)) {
            return;
        }
        try {
            Before before = new Before(channel.getOption(StandardSocketOptions.SO_KEEPALIVE), times(channel));
            if (before.times.size() < NAMES.size() || (before.keepAlive && before.times.get(0) <= SOON.get(0))) {
                return;
            }
            probed.put(channel, before);
            set(channel, SOON);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("No keep-alive for {}", channel, e);
        }
    }

    /** Undoes it when it is not needed any more, so that no phone is woken up for nothing. */
    void sweep() {
        if (probed.isEmpty()) {
            return;
        }
        probed.keySet().removeIf(channel -> !channel.isOpen());
        if (System.nanoTime() - neededAt > AFTERWARDS) {
            // One that is probed meanwhile is kept, or its own times would be lost.
            probed.forEach((channel, before) -> {
                if (probed.remove(channel, before)) {
                    restore(channel, before);
                }
            });
        }
    }

    private static void restore(SocketChannel channel, Before before) {
        try {
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, before.keepAlive);
            set(channel, before.times);
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("{} was closed since", channel, e);
        }
    }

    private static List<Integer> times(SocketChannel channel) throws IOException {
        List<Integer> times = new ArrayList<>();
        for (String name : NAMES) {
            SocketOption<Integer> option = option(channel, name);
            if (option != null) {
                times.add(channel.getOption(option));
            }
        }
        return times;
    }

    private static void set(SocketChannel channel, List<Integer> times) throws IOException {
        for (int i = 0; i < NAMES.size(); i++) {
            SocketOption<Integer> option = option(channel, NAMES.get(i));
            if (option != null) {
                channel.setOption(option, times.get(i));
            }
        }
    }

    /** Of the JDK's module jdk.net, which may be missing; null then. */
    @SuppressWarnings("unchecked")
    private static @Nullable SocketOption<Integer> option(SocketChannel channel, String name) {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(name) && option.type() == Integer.class) {
                return (SocketOption<Integer>) option;
            }
        }
        return null;
    }
}
