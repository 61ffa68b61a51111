/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;

/** A factory of server channels that have the accept handler in them from the start. */
record GuardedChannelFactory<C extends ServerChannel>(ChannelFactory<? extends C> channels, Ports ports)
        implements ChannelFactory<C> {
    @Override
    public C newChannel() {
        C server = channels.newChannel();
        server.pipeline().addFirst(new AcceptHandlerInstaller(ports));
        return server;
    }
}
