/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Checks while memory is short: answered at once, without a key, a parser or a text, so that what a check asks for is
 * its connection. On the I/O thread.
 */
final class BareChecks {
    private final HealthRoutes routes;
    private final MemoryShortage shortage;
    private final ByteBuffer scratch;

    /** @param scratch direct, shared, of the same thread */
    BareChecks(HealthRoutes routes, MemoryShortage shortage, ByteBuffer scratch) {
        this.routes = routes;
        this.shortage = shortage;
        this.scratch = scratch;
    }

    void noteShortage(long now) {
        shortage.note(now);
    }

    /**
     * True if it has answered: memory is short, and all of a check is here. The connection is to be ended then.
     *
     * @param in what has come of it is added to that
     */
    boolean answers(SocketChannel c, ByteBuffer in, boolean agent, long now) throws IOException {
        if (!shortage.lasts(now)) {
            return false;
        }
        c.configureBlocking(false);
        if (!agent && c.read(in) < 0) {
            return false;
        }
        String asked = agent ? "agent" : BareAnswer.checked(in);
        if (asked == null) {
            return false;
        }
        InetAddress peer = ((InetSocketAddress) c.getRemoteAddress()).getAddress();
        scratch.clear();
        routes.bareAnswer(scratch, agent, in);
        c.write(scratch.flip());
        c.shutdownOutput();
        routes.answeredBarely(peer, asked, now);
        return true;
    }
}
