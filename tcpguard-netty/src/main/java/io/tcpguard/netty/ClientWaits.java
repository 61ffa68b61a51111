/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannelConfig;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GonePeers;
import io.tcpguard.state.Admission;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is in progress on a connection waits for its client, who owes the rest of a message or takes no byte of
 * an answer.
 */
final class ClientWaits {
    private final ConnectionTracker tracker;

    /** Null while it was never seen to have bytes that wait. */
    private volatile @Nullable BlockedWrites blocked;

    private volatile boolean owesRest;
    private volatile boolean takesNothing;

    // For who looks for gone clients.
    private boolean lookedAtWork;
    private boolean asksPeer;

    ClientWaits(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    /** Who knows what is work says whether all of it waits for the rest of a message. On the event loop. */
    void owesRest(boolean now) {
        owesRest = now;
        sayUnfinished();
    }

    /** The same as {@link ConnectionHandle#end}: what was to be taken is taken. On the event loop. */
    void workEnded() {
        takesNothing(false);
        tracker.handle().end();
    }

    /** The client takes no byte, or does again. By who looks, or the event loop. */
    void takesNothing(boolean now) {
        if (takesNothing != now) {
            takesNothing = now;
            sayUnfinished();
        }
    }

    /** What the client does not take, if that is all that is known of it; else null. */
    @Nullable BlockedWrites blocked() {
        return takesNothing ? blocked : null;
    }

    /** As {@link ServerPort#noteBlockedWrites}. One look at a time. */
    void noteBlockedWrites() {
        BlockedWrites seen = blocked;
        if (seen == null && tracker.handle().working()) {
            seen = new BlockedWrites(tracker);
            blocked = seen;
        }
        if (seen != null) {
            seen.look();
        }
    }

    /**
     * Closes it if its client is gone, which nobody notices who does not read; who is waited for is asked by the kernel
     * whether he is there. One look at a time.
     */
    void endIfGone(GonePeers peers, int localPort) {
        Channel channel = tracker.channel();
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            return;
        }
        // Its application serves clients on that have ended their side.
        boolean halfClosure = channel.config() instanceof DuplexChannelConfig duplex && duplex.isAllowHalfClosure();
        if (halfClosure ? peers.broken(peer, localPort) : peers.gone(peer, localPort)) {
            tracker.onItsLoop(() -> ChannelCloser.registered(channel, Admission.RESPOND));
        } else {
            askPeer();
        }
    }

    /** Has the kernel ask whether a client is there that is waited for, once, from the second look on. */
    private void askPeer() {
        if (!asksPeer && tracker.mayWait()) {
            if (lookedAtWork) {
                asksPeer = true;
                Keepalive.ask(tracker.channel());
            }
            lookedAtWork = true;
        }
    }

    /** Of two threads that say it at once, the last one looks after both have written. */
    private void sayUnfinished() {
        boolean is;
        do {
            is = owesRest || takesNothing;
            tracker.handle().unfinished(is);
        } while (is != (owesRest || takesNothing));
    }
}
