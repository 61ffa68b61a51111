/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

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

    /**
     * A connection that got no answer is about to be closed, as a rule for want of memory: it is told the verdict all
     * the same, if it has asked.
     * Allocates nothing; never throws.
     *
     * @param c null: there is none
     */
    void lastWord(@Nullable SocketChannel c, ByteBuffer in, boolean agent) {
        if (c == null) {
            return;
        }
        try {
            c.configureBlocking(false);
            scratch.clear();
            int n = c.read(scratch);
            for (int i = 0; i < n && in.hasRemaining(); i++) {
                in.put(scratch.get(i));
            }
            if (agent || in.position() > 0) {
                routes.bareAnswer(scratch.clear(), agent, in);
                c.write(scratch.flip());
            }
        } catch (IOException | RuntimeException | Error e) {
            // Then it is closed without.
            return;
        }
    }
}
