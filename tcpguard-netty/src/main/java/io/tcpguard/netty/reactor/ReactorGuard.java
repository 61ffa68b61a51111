/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty.reactor;

import io.tcpguard.netty.NettyGuard;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ServerTransport;
import reactor.netty.transport.ServerTransportConfig;

/**
 * Puts servers of Reactor Netty under a guard. One line is enough:
 *
 * <pre>{@code
 * HttpServer server = ReactorGuard.install(HttpServer.create(), NettyGuard.of(guard));
 * }</pre>
 *
 * <p>For TCP ports; domain sockets and HTTP/3 are left alone. Runs with Reactor Netty 1.2 and 1.3. Safe from any
 * thread.
 */
public final class ReactorGuard {
    private ReactorGuard() {}

    /**
     * Puts all ports that this server will bind under guard. Event loops stay as they were chosen. Call it last: a
     * {@code runOn} that follows takes the guard's place.
     *
     * @return the guarded server; the given one is not changed
     */
    public static <T extends ServerTransport<T, C>, C extends ServerTransportConfig<C>> T install(
            T server, NettyGuard guard) {
        C given = server.configuration();
        return server.runOn(loopResources(guard, given.loopResources()), given.isPreferNative());
    }

    /**
     * The same for whoever configures servers by their loop resources: the given ones, but each TCP server channel has
     * the accept handler first in its pipeline when it is made, so that no connection comes before it.
     */
    public static LoopResources loopResources(NettyGuard guard, LoopResources given) {
        return new GuardedLoopResources(guard, given);
    }
}
