/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.FakeControl;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;

/** What a flood makes the accepting thread do most. */
class AllocationTest {
    private static final int ROUNDS = 20_000;

    /** Far below one object a round, and above what a compiler or a log line may take meanwhile. */
    private static final long NOTHING = ROUNDS * 8L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void isNoneForADecisionOfTheRealGuard() {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            EmbeddedChannel server = new EmbeddedChannel();
            ServerPort port = new Ports(guard, Protocol.HTTP).of(server);
            EmbeddedChannel child = new FromLoopback();

            assertThat(allocatedBy(() -> port.decide(child))).isLessThan(NOTHING);

            port.close();
            child.close().syncUninterruptibly();
            server.close().syncUninterruptibly();
        }
    }

    @Test
    void isNoneForARefusalByReset() {
        try (Guarded guarded = new Guarded()) {
            guarded.policy.connections = Admission.RESET;
            AcceptHandler gate = guarded.server.pipeline().get(AcceptHandler.class);
            ChannelHandlerContext ctx = guarded.server.pipeline().context(gate);
            EmbeddedChannel child = guarded.accept();

            assertThat(allocatedBy(() -> gate.channelRead(ctx, child))).isLessThan(NOTHING);
            assertThat(allocatedBy(() -> gate.channelReadComplete(ctx))).isLessThan(NOTHING);
        }
    }

    @Test
    void isNoneForAPlaceInTheRoomForAnswers() {
        Ports ports = new Ports(new FakeControl(), Protocol.HTTP);

        assertThat(allocatedBy(() -> {
                    ports.tryAnswer();
                    ports.answered();
                }))
                .isLessThan(NOTHING);
    }

    /** Bytes that the current thread allocates for {@link #ROUNDS} rounds, once warm. */
    private long allocatedBy(Runnable step) {
        run(step);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(step);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void run(Runnable step) {
        for (int i = 0; i < ROUNDS; i++) {
            step.run();
        }
    }

    private static final class FromLoopback extends EmbeddedChannel {
        private final SocketAddress from = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234);

        @Override
        public SocketAddress remoteAddress() {
            return isRegistered() ? from : super.remoteAddress();
        }
    }
}
