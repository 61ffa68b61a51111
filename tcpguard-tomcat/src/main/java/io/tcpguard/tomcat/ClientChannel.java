/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.RequestsInProgress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.coyote.Request;

/** What can be done to a connection's socket beside Tomcat. Any thread. */
final class ClientChannel {
    private static final GuardLog log = GuardLog.of(ClientChannel.class);

    private static final int SOME = 8192;
    private static final int READS = 64;

    private ClientChannel() {}

    /**
     * Takes what has come and nobody will read, half a megabyte at most: to close over it would be a reset (RFC 9293,
     * 3.10.4), which may take back what was said before. Does not wait; never throws. Where a reset is wanted ({@link
     * NioConnection#resetWhenClosed}), it remains one.
     */
    static void discardUnread(SocketChannel channel) {
        ByteBuffer some = null;
        try {
            // Asked each time: a channel that Tomcat has just accepted blocks.
            for (int i = 0; i < READS && NioConnection.hasUnreadBytes(channel); i++) {
                some = some == null ? ByteBuffer.allocate(SOME) : some.clear();
                if (channel.read(some) <= 0) {
                    return;
                }
            }
        } catch (IOException | RuntimeException e) {
            log.debug("{} was closed already", channel, e);
        }
    }

    /**
     * Ends the wait: both directions are shut down, which the poller sees as readable and writable, so the thread wakes
     * up to an {@link IOException}, and Tomcat closes; by a reset no TIME_WAIT and no unsent answer is left. To close
     * the channel here would wake nobody.
     *
     * @return false if it was over before
     */
    static boolean cut(SocketChannel channel, Closing how) {
        if (how == Closing.RESET) {
            NioConnection.resetWhenClosed(channel);
        } else {
            discardUnread(channel);
        }
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            log.debug("{} was closed before it could be cut", channel, e);
            return false;
        }
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            log.debug("{} was closed as soon as its input ended", channel, e);
        }
        return true;
    }

    /** Whether a proxy says that it passes this request on for somebody. Allocates nothing. */
    static boolean isForwarded(Request request) {
        return RequestsInProgress.isForwarded(
                request.getMimeHeaders(), (headers, name) -> headers.getValue(name) != null);
    }
}
