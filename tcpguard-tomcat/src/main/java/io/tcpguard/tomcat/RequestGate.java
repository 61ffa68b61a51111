/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

/**
 * The refusal of requests while work waits too long, before they cost a thread's time. Some paths and peers are never
 * refused.
 */
final class RequestGate {
    private volatile List<String> exemptPaths = List.of("/health");

    void exempt(List<String> paths) {
        exemptPaths = List.copyOf(paths);
    }

    List<String> exemptPaths() {
        return exemptPaths;
    }

    boolean refuses(@Nullable GuardedListener listener, Request request, @Nullable InetAddress source) {
        return listener != null
                && listener.admitRequest(source).refused()
                && !isExemptPath(request)
                && (source != null || listener.admitRequest(peerOf(request)).refused());
    }

    boolean isExemptPath(Request request) {
        List<String> paths = exemptPaths;
        for (int i = 0; i < paths.size(); i++) {
            if (request.requestURI().equals(paths.get(i))) {
                return true;
            }
        }
        return false;
    }

    static @Nullable InetAddress peerOf(Request request) {
        request.action(ActionCode.REQ_HOST_ADDR_ATTRIBUTE, request);
        String literal = request.remoteAddr().toString();
        if (literal == null || literal.isEmpty()) {
            return null;
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /**
     * Answers 503, and says by whom and why. Tomcat ends an HTTP/1.1 connection after it, and says so in the answer.
     */
    static void answer(Response response, @Nullable GuardedListener listener) throws IOException {
        count(listener);
        int seconds = listener == null ? 1 : listener.retryAfterSeconds();
        byte[] body = Refusal.WORK.body(seconds).getBytes(StandardCharsets.US_ASCII);
        response.setStatus(503);
        Refusal.WORK.headers(seconds).forEach(response::setHeader);
        response.setContentLength(body.length);
        response.action(ActionCode.COMMIT, null);
        response.doWrite(ByteBuffer.wrap(body));
        response.action(ActionCode.CLOSE, null);
    }

    /**
     * The same where Catalina does not see the request: writes the line into the access log that it would have had.
     *
     * @param server has the access log
     */
    static void answerAndLog(Adapter server, Request request, Response response, @Nullable GuardedListener listener)
            throws IOException {
        try {
            answer(response, listener);
        } finally {
            server.log(request, response, 0);
        }
    }

    /** Ends the connection without an answer, by a reset: no TIME_WAIT is left. */
    static void drop(Response response, @Nullable GuardedListener listener, GuardedConnection connection) {
        NioConnection.resetWhenClosed(connection.channel());
        response.action(ActionCode.CLOSE_NOW, null);
        count(listener);
    }

    private static void count(@Nullable GuardedListener listener) {
        if (listener != null) {
            listener.countRefusedRequest();
        }
    }
}
