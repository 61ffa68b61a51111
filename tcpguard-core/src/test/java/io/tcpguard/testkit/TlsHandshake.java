/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** A client's side of TLS for thousands of channels that do not block: shakes hands, speaks, and reads nothing more. */
public final class TlsHandshake {
    /** A flight of a server with a small certificate is 1.5 KiB. */
    private static final int FLIGHT = 4096;

    private final SSLEngine engine;
    private final ByteBuffer in = ByteBuffer.allocate(FLIGHT);

    public TlsHandshake(SSLContext context) throws SSLException {
        engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.beginHandshake();
    }

    /** Goes on for as long as there is something to read; whether it is over. */
    public boolean goOn(ByteChannel channel) throws IOException {
        ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> write(channel, new byte[0]);
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    in.flip();
                    SSLEngineResult result = engine.unwrap(in, plain);
                    in.compact();
                    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                        throw new EOFException("closed in the handshake");
                    }
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        int n = channel.read(in);
                        if (n < 0) {
                            throw new EOFException("gone in the handshake");
                        }
                        if (n == 0) {
                            return false;
                        }
                    }
                }
                default -> {
                    return true;
                }
            }
        }
    }

    /** As the server will read it, once the handshake is over. */
    public void write(ByteChannel channel, byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.wrap(bytes), out);
        out.flip();
        // A few kilobytes fit at once.
        channel.write(out);
    }
}
