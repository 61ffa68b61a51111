/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.netty.channel.socket.ServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.server.HttpServer;

/** Guards Reactor Netty's servers: puts the accept handler into each server channel before it is bound. */
final class NettyServers implements WebServerGuard {
    private final ObjectProvider<ReactorResourceFactory> resources;
    /** Of all servers of the context: they are drained together. */
    private @Nullable NettyGuard netty;

    private volatile boolean drained;

    NettyServers(ObjectProvider<ReactorResourceFactory> resources) {
        this.resources = resources;
    }

    @Override
    public boolean guard(WebServerFactory factory, TcpGuard guard) {
        FactoryCustomizers customizers = FactoryCustomizers.of(factory, "addServerCustomizers", "NettyServerCustomizer")
                .orElse(null);
        if (customizers == null) {
            return false;
        }
        NettyGuard netty = of(guard);
        try {
            ReactorResourceFactory given = resources.getIfUnique();
            if (given != null) {
                factory.getClass()
                        .getMethod("setResourceFactory", ReactorResourceFactory.class)
                        .invoke(factory, new GuardedResources(netty, given));
            }
            customizers.add(made -> made instanceof HttpServer server ? guarded(server, netty) : made);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "tcpguard can't be put on " + factory.getClass().getName(), e);
        }
        return true;
    }

    private synchronized NettyGuard of(TcpGuard guard) {
        NettyGuard one = netty;
        if (one == null) {
            one = NettyGuard.of(guard);
            netty = one;
        }
        return one;
    }

    /** There is no container for it. */
    @Override
    public synchronized boolean serves() {
        return netty != null;
    }

    @Override
    public void begin(TcpGuard guard) {
        if (drained) {
            drained = false;
            of(guard).resume();
        }
    }

    /** The adapter says itself what it guards, port by port. */
    @Override
    public void started(TcpGuard guard) {}

    @Override
    public void drain(TcpGuard guard, Duration notice, Duration finish) throws InterruptedException {
        drained = true;
        of(guard).drain(notice, finish);
    }

    /**
     * The resources put the handler into the channel, unless the application has several or gives the factory others;
     * then it comes here, right after the bind. It stays out where there is one.
     */
    private static HttpServer guarded(HttpServer server, NettyGuard netty) {
        return server.doOnBound(bound -> {
            if (bound.channel() instanceof ServerSocketChannel channel) {
                channel.pipeline().addFirst(netty.acceptHandler());
            }
        });
    }
}
