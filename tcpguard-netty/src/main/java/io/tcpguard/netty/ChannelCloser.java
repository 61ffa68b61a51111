/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.tcpguard.state.Admission;

/** The ways to close a child channel past its pipeline. */
final class ChannelCloser {
    private static final Integer NO_LINGER = 0;

    private ChannelCloser() {}

    /**
     * A channel that has no event loop yet: no close event, no promise, and its descriptor is free when this returns.
     */
    static void unregistered(Channel child, Admission decision) {
        if (decision == Admission.RESET) {
            resetOnClose(child);
        }
        child.unsafe().closeForcibly();
    }

    /** A channel that has one, on it. */
    static void registered(Channel child, Admission decision) {
        if (decision == Admission.RESET) {
            resetOnClose(child);
        }
        child.unsafe().close(child.unsafe().voidPromise());
    }

    /**
     * SO_LINGER 0: the close that follows sends RST and leaves no TIME_WAIT (socket(7); net/ipv4/tcp.c, __tcp_close).
     */
    static void resetOnClose(Channel child) {
        try {
            child.config().setOption(ChannelOption.SO_LINGER, NO_LINGER);
        } catch (RuntimeException alreadyGone) {
            // The peer has reset it: setsockopt fails, and there is nothing left to reset.
            NettyLog.LOG.trace("SO_LINGER on a connection that is gone", alreadyGone);
        }
    }
}
