/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.RateLimitedLog;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ports of the verdict and the few connections on them. Between them they own one descriptor at least, spare or
 * in use, so that a check is answered when the process has none left.
 */
final class HealthListener implements Closeable {
    /** Accepts in a row; then it is the others' turn. */
    private static final int ACCEPTS = 64;

    private final Poller poller;
    private final RateLimitedLog trouble;
    private final List<ListeningPort> ports = new ArrayList<>(2);
    private final ConnectionSlots slots;
    private final SpareDescriptors spares;
    private final MemoryShortage shortage = new MemoryShortage();
    private @Nullable ListeningPort health;
    private @Nullable ListeningPort agent;
    private @Nullable PortFollower follower;

    /** @param affordable whether so many descriptors are that some can be spared */
    HealthListener(
            GuardConfig config,
            Poller poller,
            GuardView view,
            HealthRoutes routes,
            RateLimitedLog trouble,
            boolean affordable) {
        this.poller = poller;
        this.trouble = trouble;
        spares = new SpareDescriptors(poller, affordable);
        ByteBuffer scratch = ByteBuffer.allocateDirect(8192);
        BareChecks bare = new BareChecks(routes, shortage, scratch);
        long timeout = config.nanos(Setting.HEALTH_TIMEOUT);
        slots = new ConnectionSlots(
                config.integer(Setting.HEALTH_CONNECTIONS),
                poller,
                view,
                () -> new HealthConnection(poller, routes, spares::giveBack, bare, scratch, timeout));
        health = open(config, Setting.HEALTH_PORT, false);
        agent = open(config, Setting.AGENT_PORT, true);
        if (health != null && config.flag(Setting.CLOSE_HEALTH_WHEN_DOWN)) {
            follower = new PortFollower(health, poller, view);
        }
        if (!ports.isEmpty()) {
            spares.take();
        }
    }

    private @Nullable ListeningPort open(GuardConfig config, Setting setting, boolean forAgent) {
        int number = config.integer(setting);
        if (number < 0) {
            return null;
        }
        InetSocketAddress address = ListeningPort.address(config.text(Setting.HEALTH_ADDRESS), number);
        ListeningPort port = new ListeningPort(poller, address, forAgent);
        try {
            port.open();
        } catch (IOException e) {
            close();
            throw ListeningPort.cannotBind(setting, address, e);
        }
        ports.add(port);
        return port;
    }

    /** The port; -1: none. */
    int healthPort() {
        return health == null ? -1 : health.port();
    }

    int agentPort() {
        return agent == null ? -1 : agent.port();
    }

    /** Does all that is due: accepts, expires, closes or opens the port. */
    void work(long now) throws IOException {
        for (int i = 0; i < ports.size(); i++) {
            ListeningPort port = ports.get(i);
            port.resumeWhenDue(now);
            if (port.takePending()) {
                accept(port, now);
            }
        }
        slots.expire(now);
        if (follower != null) {
            follower.follow(now);
        }
    }

    boolean memoryIsShort(long now) {
        return shortage.lasts(now);
    }

    /** To be called after a flush. */
    void flushed(long now) {
        if (!ports.isEmpty()) {
            spares.refill(now);
        }
    }

    /** Nanoseconds until something is due; {@link Long#MAX_VALUE}: nothing is. */
    long untilNext(long now) {
        long next = slots.left(now);
        for (int i = 0; i < ports.size(); i++) {
            next = Math.min(next, ports.get(i).left(now));
        }
        if (follower != null) {
            next = Math.min(next, follower.left(now));
        }
        return ports.isEmpty() ? next : Math.min(next, spares.left(now));
    }

    private void accept(ListeningPort port, long now) throws IOException {
        for (int i = 0; i < ACCEPTS; i++) {
            SocketChannel channel = acceptOne(port, now);
            if (channel == null) {
                return;
            }
            HealthConnection slot;
            try {
                slot = slots.take(channel, now);
            } catch (IOException | RuntimeException | Error e) {
                Quietly.close(channel);
                throw e;
            }
            try {
                slot.begin(channel, port.agent(), now);
            } catch (IOException e) {
                slot.broken();
            } catch (RuntimeException | Error e) {
                slot.broken();
                trouble.warn(IoLoop.CHANNEL_FAILED, e, now);
            }
        }
    }

    private @Nullable SocketChannel acceptOne(ListeningPort port, long now) throws IOException {
        // Out of memory in the middle of accept a client would hang; outside it waits in the kernel's queue.
        if (!shortage.lets(now)) {
            port.pause(now);
            return null;
        }
        try {
            return port.accept();
        } catch (IOException e) {
            // EMFILE or ENFILE. The kernel takes a descriptor before it looks whether anybody waits (net/socket.c,
            // __sys_accept4_file), so this may be about nobody.
            if (!port.somebodyWaits()) {
                return null;
            }
        }
        // One of our own must do. Another thread may be faster than this one; then the next.
        while (spares.release(now) || slots.endOne(now)) {
            try {
                return port.accept();
            } catch (IOException e) {
                spares.lost(now);
            }
        }
        port.pause(now);
        return null;
    }

    @Override
    public void close() {
        for (ListeningPort port : ports) {
            port.close();
        }
        slots.endAll();
        spares.close();
        if (follower != null) {
            follower.close();
        }
    }
}
