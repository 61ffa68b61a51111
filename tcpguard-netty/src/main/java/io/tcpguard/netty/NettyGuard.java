/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ServerChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.Drain;
import io.tcpguard.spi.NoOpConnectionHandle;
import java.time.Duration;

/**
 * Puts Netty servers under a guard. One line is enough:
 *
 * <pre>{@code
 * NettyGuard.install(bootstrap, guard);
 * }</pre>
 *
 * <p>or, by hand, {@code bootstrap.handler(NettyGuard.of(guard).acceptHandler())}. The handler refuses connections
 * before they are registered, puts a tracker first into the pipeline of each one it admits, and answers accept errors
 * by a back-off of its own. What a connection is working on is known exactly where {@code HttpServerCodec} (or its
 * halves) or an {@code Http2ConnectionHandler} is in the pipeline; elsewhere bytes that were handed to the application
 * and not yet answered count as work. An application that knows better says so through {@link #connection}.
 *
 * <p>Any transport with Netty 4.1 or 4.2. All methods are safe from any thread. A guard that was not started, is blind
 * or closed admits everything. A port that was bound before its guard started comes under guard within a second of the
 * start; connections that it had accepted by then stay without.
 */
public final class NettyGuard {
    private final TcpGuard guard;
    private final Ports ports;

    private NettyGuard(TcpGuard guard, Ports ports) {
        this.guard = guard;
        this.ports = ports;
    }

    /** Ports that speak HTTP, in clear or not. */
    public static NettyGuard of(TcpGuard guard) {
        return of(guard, Protocol.HTTP);
    }

    /** Ports that speak this. */
    public static NettyGuard of(TcpGuard guard, Protocol protocol) {
        NettyPreload.once();
        GuardConfig config = guard.config();
        return new NettyGuard(
                guard,
                new Ports(guard, protocol, config.nanos(Setting.STALLED_AFTER), config.flag(Setting.BEHIND_PROXY)));
    }

    /**
     * Puts all ports that this bootstrap will bind under guard. Handlers already set stay, behind the guard's.
     *
     * @return for {@link #install(ServerBootstrap)} on other bootstraps of the same server
     */
    public static NettyGuard install(ServerBootstrap bootstrap, TcpGuard guard) {
        return of(guard).install(bootstrap);
    }

    /**
     * Puts all ports that this bootstrap will bind under guard. Call it after {@code bootstrap.handler(…)}: what is set
     * there later takes the guard's place.
     *
     * @return this
     */
    public NettyGuard install(ServerBootstrap bootstrap) {
        ChannelHandler given = bootstrap.config().handler();
        bootstrap.handler(given == null ? acceptHandler() : new ChainedServerInitializer(acceptHandler(), given));
        return this;
    }

    /**
     * As many connections as each of these ports may hold; at that number new connections evict idle ones, wait or are
     * refused. Default: any number, within what the process may hold ({@link Setting#MAX_CONNECTIONS}). May be changed
     * at any time; no connection is closed for it.
     *
     * @param most 1 or more; or -1: any number
     * @return this
     * @throws IllegalArgumentException if it is neither
     */
    public NettyGuard maxConnections(int most) {
        if (most < 1 && most != -1) {
            throw new IllegalArgumentException(
                    "maxConnections=" + most + " (expected: 1 or more, or -1 for any number)");
        }
        ports.maxConnections(most);
        return this;
    }

    /** For {@code ServerBootstrap.handler()}, or first into a server channel's pipeline. Sharable. */
    public ChannelHandler acceptHandler() {
        return new AcceptHandlerInstaller(ports);
    }

    /**
     * For frameworks that keep their bootstrap to themselves but take a channel factory, as gRPC does. The channels are
     * those of the given factory, with the accept handler first in their pipeline.
     */
    public <C extends ServerChannel> ChannelFactory<C> channelFactory(ChannelFactory<? extends C> channels) {
        return new GuardedChannelFactory<>(channels, ports);
    }

    /**
     * For {@code pipeline.addFirst()} in a child channel whose server channel can't be reached. Refuses as {@link
     * #acceptHandler} does, but later, when a registered channel has been spent, and always by a close. Steps aside
     * where the accept handler is installed as well. Sharable.
     */
    public ChannelHandler connectionHandler() {
        return new ChildAdmissionHandler(ports);
    }

    /**
     * Answers {@code GET} and {@code HEAD} of one path by the verdict, 200 or 503, as the health listener does; other
     * requests go on. Belongs behind the HTTP codec, a new one into each child's pipeline. It is reached as long as the
     * port is: a checker that must never be refused belongs into {@code allow}, and the listener of its own ({@code
     * healthPort}) stays the better answer.
     *
     * @param path such as {@code /health}
     */
    public static ChannelHandler healthHandler(TcpGuard guard, String path) {
        return new HealthHandler(guard, path);
    }

    /**
     * Takes these ports out of service without losing a request, for whoever stops the server afterwards: fails health,
     * and waits for the load balancers to notice. From the second half of that time on answers of HTTP/1 carry {@code
     * Connection: close}, and HTTP/2 clients, gRPC's too, get a GOAWAY. Then idle connections are closed, WebSocket
     * clients get a close frame, and what is in progress is waited for.
     *
     * @param notice time for the load balancers to see that health is down: check interval × (retries + 1) is enough
     * @param finish longest time to wait after that for what is in progress
     * @throws InterruptedException if interrupted while waiting; connections are served on, health is down
     */
    public void drain(Duration notice, Duration finish) throws InterruptedException {
        Drain.run(guard, new NettyDrain(ports), notice, finish);
    }

    /**
     * Ends what {@link #drain} began, for ports that serve on or are bound again: answers end their connections no
     * more, and health is up unless the signals say otherwise.
     */
    public void resume() {
        ports.leave(false);
        guard.resume();
    }

    /**
     * The handle of one connection, for applications of other protocols that know exactly when work begins and ends.
     * From the first call on bytes are no longer taken for work on this connection.
     *
     * @param channel a child channel; without guard, what is reported goes nowhere and {@code begin()} is always true
     */
    public static ConnectionHandle connection(Channel channel) {
        ConnectionTracker tracker = channel.attr(ConnectionTracker.KEY).get();
        return tracker == null ? NoOpConnectionHandle.INSTANCE : tracker.reportedByApplication();
    }
}
