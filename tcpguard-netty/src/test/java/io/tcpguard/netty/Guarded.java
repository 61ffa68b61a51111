/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.ServerChannel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.tcpguard.testkit.FakeControl;
import java.util.ArrayList;
import java.util.List;

/** A guarded server channel without a socket. */
@SuppressWarnings("FutureReturnValueIgnored")
final class Guarded implements AutoCloseable {
    final FakeControl policy = new FakeControl();
    final Ports ports;
    final EmbeddedChannel server;
    private final List<EmbeddedChannel> children = new ArrayList<>();

    Guarded() {
        this(Protocol.HTTP);
    }

    Guarded(Protocol protocol) {
        ports = new Ports(policy, protocol);
        server = new EmbeddedServer(new AcceptHandlerInstaller(ports));
        server.freezeTime();
    }

    /** A connection as the transport hands it over: open, without an event loop. */
    EmbeddedChannel accept(ChannelHandler... application) {
        EmbeddedChannel child = new EmbeddedChannel(server, DefaultChannelId.newInstance(), false, false, application);
        children.add(child);
        server.writeInbound(child);
        return child;
    }

    /** An admitted connection, registered as {@code ServerBootstrapAcceptor} would have done. */
    EmbeddedChannel child(ChannelHandler... application) {
        EmbeddedChannel child = accept(application);
        register(child);
        return child;
    }

    static void register(EmbeddedChannel child) {
        try {
            child.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The books on the newest connection. */
    FakeControl.Handle handle() {
        List<FakeControl.Handle> handles = policy.onlyListener().handles;
        return handles.get(handles.size() - 1);
    }

    /** Netty tells servers from clients by the type of the parent. */
    private static final class EmbeddedServer extends EmbeddedChannel implements ServerChannel {
        EmbeddedServer(ChannelHandler gate) {
            super(gate);
        }
    }

    @Override
    public void close() {
        for (EmbeddedChannel child : children) {
            if (child.isRegistered()) {
                child.close();
            } else {
                child.unsafe().closeForcibly();
            }
        }
        server.close();
    }
}
