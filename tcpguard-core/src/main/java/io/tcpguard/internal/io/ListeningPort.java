/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.Setting;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket that never spins: when accept fails it is left alone for a while. Can be closed and opened again.
 */
final class ListeningPort implements SelectionHandler, Closeable {
    /** Deep enough for strangers by the hundred in front of a check; the kernel cuts it to net.core.somaxconn. */
    private static final int BACKLOG = 1024;

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Poller poller;
    private final boolean agent;
    private InetSocketAddress address;
    private @Nullable ServerSocketChannel channel;
    private @Nullable SelectionKey key;
    private boolean pending;
    private boolean paused;
    private long pausedAt;
    private long pause;

    ListeningPort(Poller poller, InetSocketAddress address, boolean agent) {
        this.poller = poller;
        this.address = address;
        this.agent = agent;
    }

    /** An address to bind, resolved; complains with the setting's name. */
    static InetSocketAddress address(String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalStateException(Setting.HEALTH_ADDRESS.key() + "=" + host
                    + " does not resolve (expected: an address of this host)");
        }
        return address;
    }

    static IllegalStateException cannotBind(Setting setting, InetSocketAddress address, IOException cause) {
        return new IllegalStateException(
                setting.key() + "=" + address.getPort() + ": can't bind " + address + " (" + cause.getMessage()
                        + "); free the port, choose another, 0 for any free one, or -1 for none",
                cause);
    }

    /** Binds and listens; the same port as before, if it was open before. */
    void open() throws IOException {
        ServerSocketChannel c = ServerSocketChannel.open();
        try {
            c.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            c.bind(address, BACKLOG);
            address = new InetSocketAddress(address.getAddress(), ((InetSocketAddress) c.getLocalAddress()).getPort());
            key = poller.register(c, SelectionKey.OP_ACCEPT, this);
        } catch (IOException | RuntimeException e) {
            Quietly.close(c);
            throw e;
        }
        channel = c;
        paused = false;
        pause = 0;
    }

    int port() {
        return address.getPort();
    }

    boolean agent() {
        return agent;
    }

    boolean isOpen() {
        return channel != null;
    }

    @Override
    public void ready(long now) {
        pending = true;
    }

    @Override
    public void broken() {
        pending = false;
    }

    /** True once after the kernel said that somebody is there. */
    boolean takePending() {
        boolean was = pending && !paused && channel != null;
        pending = false;
        return was;
    }

    @Nullable SocketChannel accept() throws IOException {
        ServerSocketChannel c = channel;
        SocketChannel accepted = c == null ? null : c.accept();
        pause = 0;
        return accepted;
    }

    /** Whether somebody waits to be accepted at this moment. */
    boolean somebodyWaits() throws IOException {
        SelectionKey k = key;
        return k != null && poller.readyNow(k);
    }

    /** Accept fails: looks away, each time twice as long. */
    void pause(long now) {
        pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, pause * 2));
        pausedAt = now;
        paused = true;
        interest(0);
    }

    /** Nanoseconds until the pause is over; {@link Long#MAX_VALUE}: there is none. */
    long left(long now) {
        return paused ? pause - (now - pausedAt) : Long.MAX_VALUE;
    }

    void resumeWhenDue(long now) {
        if (paused && left(now) <= 0) {
            paused = false;
            interest(SelectionKey.OP_ACCEPT);
        }
    }

    private void interest(int ops) {
        SelectionKey k = key;
        if (k != null && k.isValid()) {
            k.interestOps(ops);
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            poller.close(channel);
        }
        channel = null;
        key = null;
    }
}
