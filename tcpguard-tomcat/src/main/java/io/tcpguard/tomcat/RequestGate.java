package io.tcpguard.tomcat;

import io.tcpguard.admission.GuardedListener;
import io.tcpguard.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

/** Refuses requests while work waits too long, before they cost a thread's time; some paths and peers never. */
final class RequestGate {
    /** Spread over 1 and 2 s without a random number: refused clients must not come back together. */
    private static final String[] RETRY_AFTER = {"1", "2"};

    private volatile List<String> exemptPaths = List.of("/health");

    void exempt(List<String> paths) {
        exemptPaths = List.copyOf(paths);
    }

    List<String> exemptPaths() {
        return exemptPaths;
    }

    boolean refuses(@Nullable Guard guard, Request request, @Nullable InetAddress source) {
        return guard != null
                && guard.admitRequest().refused()
                && !isExemptPath(request)
                && !isAllowed(guard, request, source);
    }

    private boolean isExemptPath(Request request) {
        List<String> paths = exemptPaths;
        for (int i = 0; i < paths.size(); i++) {
            if (request.requestURI().equals(paths.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAllowed(Guard guard, Request request, @Nullable InetAddress source) {
        List<Network> allowed = guard.allowed();
        if (allowed.isEmpty()) {
            return false;
        }
        InetAddress peer = source == null ? peerOf(request) : source;
        return peer != null && Network.anyContains(allowed, peer);
    }

    private static @Nullable InetAddress peerOf(Request request) {
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
     * Answers 503.
     *
     * @param close whether to end the connection with it
     */
    static void answer(Response response, @Nullable GuardedListener listener, boolean close) {
        response.setStatus(503);
        if (close) {
            response.setHeader("Connection", "close");
        }
        int seconds = listener == null ? 1 : listener.retryAfterSeconds();
        response.setHeader("Retry-After", seconds == 2 ? RETRY_AFTER[1] : RETRY_AFTER[0]);
        response.setContentLength(0);
        response.action(ActionCode.COMMIT, null);
        response.action(ActionCode.CLOSE, null);
        if (listener != null) {
            listener.countRefusedRequest();
        }
    }
}
