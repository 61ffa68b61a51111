/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.Pacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The body of a refused request of HTTP/1.1, which is on its way all the same. Tomcat takes two megabytes of it by
 * default ({@code maxSwallowSize}) and closes over the rest, which is a reset (RFC 9293, 3.10.4): a proxy that is still
 * writing may never read the answer then. A worker does that, and workers may be what is short: for a moment only,
 * however much comes and however slowly.
 */
final class RefusedBody implements ApplicationBufferHandler {
    private static final GuardLog log = GuardLog.of(RefusedBody.class);
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(Pacing.CLOSE_GRACE_MILLIS);

    private ByteBuffer read = ByteBuffer.allocate(0);

    private RefusedBody() {}

    /**
     * Takes it for as long as a close may take; nothing where its client waits to be told to send it.
     *
     * @param wrapper its connection, which ends with this answer; null: Tomcat's own patience stands
     */
    static void swallow(Request request, @Nullable NioSocketWrapper wrapper) {
        if (request.isFinished() || request.hasExpectation()) {
            return;
        }
        if (wrapper != null) {
            wrapper.setReadTimeout(Pacing.CLOSE_GRACE_MILLIS);
        }
        RefusedBody nowhere = new RefusedBody();
        long since = System.nanoTime();
        try {
            while (request.doRead(nowhere) >= 0 && System.nanoTime() - since < LONGEST) {
                log.trace("A refused body goes nowhere");
            }
        } catch (IOException e) {
            log.debug("The client of a refused request is gone, or sends nothing", e);
        }
        // Tomcat would take the rest, for as long as some comes.
        request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
        read = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
        return read;
    }

    @Override
    public void expand(int size) {
        // Whoever fills it brings it along.
    }
}
