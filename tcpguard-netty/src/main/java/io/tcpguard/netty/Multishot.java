/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;

/**
 * Netty 4.2's io_uring transport has one standing order with the kernel to accept, by default: whoever is in the accept
 * queue has a descriptor before any handler sees him, as many as there are, and auto-read does not end it (io_accept in
 * io_uring/net.c, IORING_ACCEPT_MULTISHOT). By name, since this module is compiled for 4.1.
 */
final class Multishot {
    /** Read once, when Netty's class is loaded; there is no option for one channel. */
    static final String OFF = "-Dio.netty.iouring.acceptMultiShotEnabled=false";

    private static final String URING = "io.netty.channel.uring.";

    private Multishot() {}

    /** Whether this port accepts so. */
    static boolean acceptsFor(Channel server) {
        if (!server.getClass().getName().startsWith(URING)) {
            return false;
        }
        try {
            Class<?> transport =
                    Class.forName(URING + "IoUring", true, server.getClass().getClassLoader());
            return Boolean.TRUE.equals(
                    transport.getMethod("isAcceptMultishotEnabled").invoke(null));
        } catch (ReflectiveOperationException | LinkageError e) {
            NettyLog.LOG.debug("whether io_uring accepts by multishot is not known", e);
            return false;
        }
    }
}
