/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An admitted connection on a plain NIO channel: what is in progress on it, and how it is closed, also before the
 * server has made anything of the channel. Any thread.
 */
public final class NioConnection implements ConnectionCloser {
    private static final GuardLog LOG = GuardLog.of(NioConnection.class);
    private static final VarHandle MOVES;

    static {
        try {
            MOVES = MethodHandles.lookup().findVarHandle(NioConnection.class, "moves", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final GuardedListener listener;
    private final SocketChannel channel;
    private final @Nullable InetAddress source;
    private final RequestsInProgress requests;
    private final Consumer<NioConnection> gone;
    private final ClientWait clientWait = new ClientWait();
    private volatile @Nullable Runnable close;
    private volatile boolean closing;
    private volatile boolean leaving;

    @SuppressWarnings("UnusedVariable") // by its handle
    private int moves;

    NioConnection(
            GuardedListener listener,
            SocketChannel channel,
            @Nullable InetAddress source,
            Consumer<NioConnection> gone) {
        this.listener = listener;
        this.channel = channel;
        this.source = source;
        this.gone = gone;
        this.requests = new RequestsInProgress(listener.open(source, this));
    }

    /** What is in progress on it. */
    public RequestsInProgress requests() {
        return requests;
    }

    /**
     * Asked about each request, after {@link RequestsInProgress#begin()}.
     *
     * @see GuardedListener#refuseRequest
     */
    public int refuseRequest() {
        return listener.refuseRequest(source);
    }

    /** Bytes of the client's were read: of any protocol, TLS too. */
    public void received() {
        moved();
        requests.handle().touch();
    }

    /**
     * Bytes were written, as far as the client takes them.
     *
     * @param any whether any were
     * @param all whether none is left that it did not take
     */
    public void sent(boolean any, boolean all) {
        if (any) {
            moved();
            requests.handle().sent();
        }
        requests.writeBlocked(!all);
    }

    /** Two that move at the same time may count as one: only whether it moves is asked. */
    private void moved() {
        MOVES.setOpaque(this, (int) MOVES.getOpaque(this) + 1);
    }

    /** On the thread that ends standstills. */
    long stalledFor(long now) {
        if (requests.waitsForClient()) {
            return clientWait.stalledFor((int) MOVES.getOpaque(this), now);
        }
        clientWait.moves();
        return -1;
    }

    /**
     * Whether the answer that is about to begin is to end the connection, by {@code Connection: close}: its server
     * drains, or slots go round ({@link ConnectionHandle#leaves}). To be asked once for each answer.
     */
    public boolean leaves() {
        return leaving || requests.handle().leaves();
    }

    void leave(boolean now) {
        leaving = now;
    }

    /** Its descriptor is gone. To be said on every path. */
    public void closed() {
        requests.handle().closed();
        gone.accept(this);
    }

    /**
     * The server has made its own connection of the channel.
     *
     * @param closer closes that; the descriptor must be free soon after. Must not block
     * @throws ClosedChannelException if it was closed before: {@link #closed()} is still to be said
     */
    public void servedBy(Runnable closer) throws ClosedChannelException {
        close = closer;
        if (closing) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close(Closing how) {
        if (how == Closing.RESET) {
            resetWhenClosed(channel);
        }
        // Written before the other is read, as in servedBy: one of the two sees what the other did.
        closing = true;
        Runnable server = close;
        if (server != null) {
            server.run();
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Close of {} failed; its descriptor is gone all the same", channel, e);
        }
    }

    /** Bytes of the client that nobody has read: a request that is about to be. */
    @Override
    public boolean inProgress() {
        return hasUnreadBytes(channel);
    }

    /** While its server drains: closes it if nothing is in progress and no request is on its way. */
    void closeIfIdle(DrainPatience<NioConnection> patience, long now) {
        ConnectionHandle handle = requests.handle();
        if (patience.mayClose(this, handle.working() || inProgress(), requests.asked(), now) && handle.claim()) {
            close(listener.mayReset() ? Closing.RESET : Closing.ORDERLY);
        }
    }

    /** The client's address; null if the client is gone already, or has none, as over a Unix domain socket. */
    public static @Nullable InetAddress sourceOf(SocketChannel channel) {
        InetSocketAddress peer = peerOf(channel);
        return peer == null ? null : peer.getAddress();
    }

    /** The same with its port. */
    public static @Nullable InetSocketAddress peerOf(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress address ? address : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether bytes have arrived that nobody has read (FIONREAD, tcp(7)); false if that can't be known. */
    public static boolean hasUnreadBytes(SocketChannel channel) {
        try {
            return channel.socket().getInputStream().available() > 0;
        } catch (IOException | UnsupportedOperationException e) {
            // Closed by now, or not TCP.
            return false;
        }
    }

    /**
     * However it is closed from now on, it ends by a reset, which leaves no TIME_WAIT (SO_LINGER with time 0:
     * socket(7); net/ipv4/tcp.c, __tcp_close). Never throws.
     */
    public static void resetWhenClosed(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | RuntimeException e) {
            // Closed already, or not TCP: then there is nothing to reset.
            LOG.debug("No reset for {}", channel, e);
        }
    }
}
