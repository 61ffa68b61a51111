/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No memory is left for a moment, just when the boss asks for some; afterwards clients are served as before. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class OutOfMemoryTest {
    private final FakeControl policy = new FakeControl();
    private final AtomicInteger served = new AtomicInteger();
    private volatile boolean noTimer;
    private volatile boolean noRegistration;

    private final EventLoopGroup boss = new DefaultEventLoopGroup(1) {
        @Override
        protected EventLoop newChild(Executor executor, Object... args) {
            return new Failing(this, executor);
        }
    };
    private final EventLoopGroup others = new DefaultEventLoopGroup(1);

    private final class Failing extends DefaultEventLoop {
        Failing(EventLoopGroup parent, Executor executor) {
            super(parent, executor);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            if (noTimer) {
                throw new OutOfMemoryError("of a test");
            }
            return super.schedule(command, delay, unit);
        }

        @Override
        public ChannelFuture register(Channel channel) {
            if (noRegistration) {
                throw new OutOfMemoryError("of a test");
            }
            return super.register(channel);
        }
    }

    @AfterEach
    void end() {
        boss.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        others.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private Channel serve(boolean behindProxy) {
        Ports ports = new Ports(policy, Protocol.HTTP, TimeUnit.SECONDS.toNanos(10), behindProxy);
        return new ServerBootstrap()
                .group(boss, others)
                .channel(LocalServerChannel.class)
                .handler(new AcceptHandlerInstaller(ports))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        served.incrementAndGet();
                    }
                })
                .bind(new LocalAddress(OutOfMemoryTest.class))
                .syncUninterruptibly()
                .channel();
    }

    private void connect(Channel server) {
        new Bootstrap()
                .group(others)
                .channel(LocalChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server.localAddress());
    }

    @Test
    void whoeverWaitsForASlotIsServedWhenNobodyCouldLookAgain() {
        Channel server = serve(false);
        policy.connections = Admission.WAIT;
        noTimer = true;
        connect(server);
        Await.until("served", () -> served.get() == 1);

        noTimer = false;
        policy.connections = Admission.ADMIT;
        connect(server);
        Await.until("the next one", () -> served.get() == 2);
    }

    @Test
    void slotsOfThoseThatAreToldNothingComeBack() {
        Channel server = serve(true);
        policy.connections = Admission.CLOSE;
        noRegistration = true;
        connect(server);
        Await.until("dropped", () -> policy.accepts.get() == 1);

        noRegistration = false;
        connect(server);
        Await.until("ended", () -> policy.accepts.get() == 2);
        policy.connections = Admission.ADMIT;
        connect(server);
        Await.until("served", () -> served.get() == 1);
        assertThat(policy.open()).isEqualTo(1);
    }
}
