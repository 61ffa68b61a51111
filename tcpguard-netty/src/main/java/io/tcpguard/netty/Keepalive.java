/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the kernel ask a silent peer whether it is still there (tcp(7)), where the application has not chosen to do so
 * itself. Without this an unplugged client of whom nothing is awaited but the server's answer is never missed.
 */
final class Keepalive {
    /** Seconds without a word before the first question. */
    private static final Integer IDLE = 10;

    /** Seconds from question to question. */
    private static final Integer INTERVAL = 3;

    /**
     * The most there are: the kernel itself gives up after six minutes only, so that nobody is lost whose slot nobody
     * needs.
     */
    private static final Integer COUNT = 127;

    /** By name, since each native transport has its own. */
    private static final List<String> NATIVE =
            List.of("io.netty.channel.epoll.EpollChannelOption#", "io.netty.channel.uring.IoUringChannelOption#");

    private static final Map<String, Integer> TIMES =
            Map.of("TCP_KEEPIDLE", IDLE, "TCP_KEEPINTVL", INTERVAL, "TCP_KEEPCNT", COUNT);

    private Keepalive() {}

    /** Any thread, once for each connection. */
    static void ask(Channel channel) {
        try {
            ChannelConfig config = channel.config();
            if (!Boolean.FALSE.equals(config.getOption(ChannelOption.SO_KEEPALIVE))) {
                return;
            }
            if (times(config)) {
                config.setOption(ChannelOption.SO_KEEPALIVE, Boolean.TRUE);
            }
        } catch (RuntimeException | Error e) {
            // Closed meanwhile, or a runtime image without the module jdk.net.
            NettyLog.LOG.debug("{} is not asked whether it is there", channel, e);
        }
    }

    /** False if the transport does not know them: with the kernel's two hours there is no need to ask. */
    private static boolean times(ChannelConfig config) {
        for (String transport : NATIVE) {
            boolean known = true;
            for (Map.Entry<String, Integer> time : TIMES.entrySet()) {
                known &= config.setOption(ChannelOption.<Integer>valueOf(transport + time.getKey()), time.getValue());
            }
            if (known) {
                return true;
            }
        }
        return config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE)
                && config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL)
                && config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), COUNT);
    }
}
