/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** How an admitted connection is ended when it is evicted or its server drains. On its event loop. */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ConnectionEnd {
    /** For half a minute a body is taken that nobody wants. */
    private static final int LONGEST_GRACES = 30;

    private ConnectionEnd() {}

    /**
     * @param source who knows what is work there
     * @param draining whether the server drains; else a new connection wants the slot
     */
    static void evict(Channel channel, Ports ports, Closing how, @Nullable WorkSource source, boolean draining) {
        try {
            end(channel, ports, how, source, draining);
        } catch (RuntimeException | Error e) {
            // Its place is another's already.
            NettyLog.LOG.debug("{} ends without a word", channel, e);
            ChannelCloser.registered(channel, Admission.RESPOND);
        }
    }

    private static void end(Channel channel, Ports ports, Closing how, @Nullable WorkSource source, boolean draining) {
        if (how == Closing.RESET) {
            ChannelCloser.registered(channel, Admission.RESET);
        } else if (ports.behindProxy) {
            // A request may cross the end on its way.
            if (source != null) {
                source.tellLast();
            }
            boolean mayTakeTime = ports.tryGoAway(draining);
            if (mayTakeTime) {
                channel.closeFuture().addListener(closed -> ports.goAwayOver(draining));
            }
            leave(channel, !mayTakeTime);
        } else {
            if (draining && source != null) {
                source.tellLast();
            }
            // Through the pipeline: HTTP/2 says GOAWAY, TLS close_notify. They may wait for the client, the new
            // connection can't.
            channel.close();
            if (channel.isOpen() && !ports.tryGoAway(draining)) {
                ChannelCloser.registered(channel, Admission.RESPOND);
            } else if (channel.isOpen()) {
                channel.eventLoop()
                        .schedule(
                                () -> {
                                    ports.goAwayOver(draining);
                                    ChannelCloser.registered(channel, Admission.RESPOND);
                                },
                                Pacing.CLOSE_GRACE_MILLIS,
                                TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void leave(Channel channel, boolean inHaste) {
        if (channel.pipeline().get(SilentLeave.class) == null) {
            channel.pipeline().addFirst(SilentLeave.now(inHaste));
        }
    }

    /** The client was told to close, and gets the time for it: the TIME_WAIT is then its own. */
    static void closeSoon(Channel channel, Ports ports) {
        closeSoon(channel, ports, () -> 0);
    }

    /**
     * The same, but what still comes of a body is taken before, for half a minute at most: over bytes that nobody has
     * read the kernel makes a reset of a close, and the client loses its answer.
     *
     * @param came another number than before where bytes have come
     */
    static void closeSoon(Channel channel, Ports ports, IntSupplier came) {
        closeSoon(channel, ports, came, LONGEST_GRACES);
    }

    private static void closeSoon(Channel channel, Ports ports, IntSupplier came, int graces) {
        int before = came.getAsInt();
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (came.getAsInt() != before && graces > 1) {
                                closeSoon(channel, ports, came, graces - 1);
                            } else {
                                close(channel, ports);
                            }
                        },
                        Pacing.CLOSE_GRACE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** The client was told to close, and has had the time for it. */
    private static void close(Channel channel, Ports ports) {
        if (ports.behindProxy && channel.isOpen()) {
            leave(channel, false);
        } else {
            ChannelCloser.registered(channel, Admission.RESPOND);
        }
    }
}
