/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Whether bytes that wait to leave a connection do leave. Asked by others than its event loop, which goes on meanwhile:
 * what is read here may be a little old. More bytes that nobody takes are no movement.
 */
final class Outgoing {
    private static final int STILL = 4;

    private final Channel channel;
    private int stillSince;
    private long pending;
    private long progress;

    Outgoing(Channel channel) {
        this.channel = channel;
    }

    /**
     * Whether bytes wait, and fewer of them than when this was asked last, or none did then, or so within the last few
     * times: a socket takes bytes again only when a good part of its buffer is empty. One asks at a time.
     */
    boolean moved() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long now = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long progressNow = buffer == null ? 0 : buffer.currentProgress();
        boolean moved = now > 0 && (pending == 0 || now < pending || progressNow != progress);
        pending = now;
        progress = progressNow;
        stillSince = moved ? 0 : stillSince + 1;
        return now > 0 && stillSince < STILL;
    }
}
