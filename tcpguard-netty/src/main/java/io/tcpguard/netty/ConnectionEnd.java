/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.util.concurrent.TimeUnit;

/** How an admitted connection is ended when it is evicted or its server drains. On its event loop. */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ConnectionEnd {
    private ConnectionEnd() {}

    /** @param draining whether the server drains; else a new connection wants the slot */
    static void evict(Channel channel, Ports ports, Closing how, boolean http2, boolean draining) {
        if (how == Closing.RESET) {
            ChannelCloser.registered(channel, Admission.RESET);
        } else if (ports.behindProxy
                && !http2
                && channel.pipeline().get(SilentLeave.class) == null
                && ports.tryGoAway(draining)) {
            // A request may cross the end on its way.
            channel.closeFuture().addListener(closed -> ports.goAwayOver(draining));
            channel.pipeline().addFirst(SilentLeave.now());
        } else {
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

    /** The client was told to close, and gets the time for it: the TIME_WAIT is then its own. */
    static void closeSoon(Channel channel) {
        channel.eventLoop()
                .schedule(
                        () -> ChannelCloser.registered(channel, Admission.RESPOND),
                        Pacing.CLOSE_GRACE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
