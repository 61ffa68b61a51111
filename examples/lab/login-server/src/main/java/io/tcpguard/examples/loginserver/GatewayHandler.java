/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Holds some more descriptors for as long as its client is there, as a media gateway does. A client whose gateway finds
 * no descriptor is closed.
 */
// A close that fails means that the client has gone.
@SuppressWarnings("FutureReturnValueIgnored")
final class GatewayHandler extends ChannelInboundHandlerAdapter {
    private final int descriptors;
    private final Deque<DatagramChannel> open = new ArrayDeque<>();

    GatewayHandler(int descriptors) {
        this.descriptors = descriptors;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws IOException {
        while (open.size() < descriptors) {
            open.add(DatagramChannel.open());
        }
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws IOException {
        while (!open.isEmpty()) {
            open.remove().close();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
