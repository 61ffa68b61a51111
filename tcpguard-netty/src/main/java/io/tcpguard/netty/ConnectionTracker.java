package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * First in an admitted connection's pipeline: reports bytes and the end to the core, looks for who knows what is work, and evicts when
 * it is told to. Sees nothing of what goes out: each handler on that way costs each answer.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ConnectionTracker extends ChannelInboundHandlerAdapter implements ConnectionCloser, ChannelFutureListener {
    static final AttributeKey<ConnectionTracker> KEY = AttributeKey.valueOf(ConnectionTracker.class, "tracker");
    /** Reads after which no codec will come any more: a TLS handshake and a protocol upgrade fit in. */
    private static final int LOOKS = 8;

    private final ServerPort port;
    private final Channel channel;
    private final ConnectionHandle handle;
    private final AtomicBoolean gone = new AtomicBoolean();

    /** How to evict; null while nobody wants to. */
    private volatile @Nullable Closing evicted;

    private volatile boolean reported;

    // Of the event loop from here on.
    private @Nullable WorkSource exact;
    private @Nullable ByteWork guess;
    private int looks;

    ConnectionTracker(ServerPort port, Channel channel) {
        this.port = port;
        this.channel = channel;
        this.handle = port.listener.open(ServerPort.source(channel), this);
        port.ports.opened();
    }

    AdmissionControl policy() {
        return port.ports.policy;
    }

    /** Null if not known. */
    @Nullable InetAddress source() {
        return ServerPort.source(channel);
    }

    ServerPort port() {
        return port;
    }

    /** The handle, for the application to report on. */
    ConnectionHandle reportedByApplication() {
        reported = true;
        return handle;
    }

    /** Whether the application does so. */
    boolean reported() {
        return reported;
    }

    /** A request told what it wants. */
    void touch() {
        handle.touch();
    }

    /** Work begins; false: drop it, the connection is being closed. */
    boolean begin() {
        return handle.begin();
    }

    void end() {
        handle.end();
    }

    void keep() {
        handle.keep();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        port.ports.loops.seen(ctx.channel().eventLoop());
        if (evicted != null) {
            evict();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (exact == null || !exact.insideHead()) {
            handle.touch();
        }
        if (exact == null || exact.gone()) {
            look(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    private void look(ChannelHandlerContext ctx) {
        if (exact != null) {
            exact.settle();
            exact = null;
            looks = 0;
        }
        if (looks < LOOKS) {
            looks++;
            exact = Codecs.find(ctx.pipeline(), this);
        }
        if (exact == null && guess == null) {
            guess = new ByteWork(this);
            ctx.pipeline().addAfter(ctx.name(), null, guess);
        } else if (exact != null && guess != null) {
            if (ctx.pipeline().context(guess) != null) {
                ctx.pipeline().remove(guess);
            }
            guess = null;
        }
    }

    /** Takes a connection out of the books, if it is in them. */
    static void forget(Channel channel) {
        ConnectionTracker tracker = channel.attr(KEY).get();
        if (tracker != null) {
            tracker.operationComplete(channel.closeFuture());
        }
    }

    /** The connection is closed, or could not be registered. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        handle.closed();
        if (gone.compareAndSet(false, true)) {
            port.ports.connectionClosed();
        }
        port.connectionClosed();
    }

    /** Called by a thread that accepts; the connection's own event loop does it. */
    @Override
    public void close(Closing how) {
        evicted = how;
        if (channel.isRegistered()) {
            try {
                channel.eventLoop().execute(this::evict);
            } catch (RejectedExecutionException shutDown) {
                // The loop closes all its channels when it ends, this one too.
                Says.LOG.debug("{} is evicted by the end of its event loop", channel, shutDown);
            }
        }
    }

    private void evict() {
        if (evicted == Closing.RESET) {
            Refuse.registered(channel, Admission.RESET);
        } else {
            // Through the pipeline: HTTP/2 says GOAWAY, TLS close_notify. They may wait for the client, the newcomer
            // can't.
            channel.close();
            if (channel.isOpen()) {
                channel.eventLoop()
                        .schedule(
                                () -> Refuse.registered(channel, Admission.RESPOND),
                                Pacing.CLOSE_GRACE_MILLIS,
                                TimeUnit.MILLISECONDS);
            }
        }
    }
}
