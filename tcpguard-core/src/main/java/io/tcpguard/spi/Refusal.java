/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.ListenerState;
import io.tcpguard.state.RefusalCounters;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Why a client is refused, in the words that an answer of HTTP carries: so that nobody takes it for the application's
 * own 503.
 */
public enum Refusal {
    /** Descriptors: there is no slot for another connection. */
    CONNECTIONS("this server has no free slot for another connection now"),
    /** Work waits for so long that its clients have gone. */
    WORK("work waits for too long on this server"),
    /** More connections wait to be accepted than can be served in time. */
    QUEUE("too many connections wait on this server"),
    /** The machine's files are used up. */
    FILES("the machine of this server has no files left");

    /** The header of a guard's 503; it says nothing of product or version. */
    private static final String HEADER = "X-Tcpguard";

    private final String words;

    Refusal(String words) {
        this.words = words;
    }

    /**
     * Why new connections are refused: all of them; else those of the first listener that refuses any; else for want of
     * a slot.
     */
    public static Refusal of(GuardSnapshot snapshot) {
        RefusalCounters.Reason why = snapshot.refusal();
        List<ListenerState> listeners = snapshot.listeners();
        for (int i = 0; why == null && i < listeners.size(); i++) {
            why = listeners.get(i).refusal();
        }
        if (why == RefusalCounters.Reason.WORK_DELAY) {
            return WORK;
        }
        if (why == RefusalCounters.Reason.ACCEPT_QUEUE) {
            return QUEUE;
        }
        return why == RefusalCounters.Reason.SYSTEM_FILES ? FILES : CONNECTIONS;
    }

    /** The header's value, such as {@code refused; cause=connections}. */
    private String headerValue() {
        return "refused; cause=" + name().toLowerCase(Locale.ROOT);
    }

    /**
     * The headers of an answer that refuses a request, but for its length and the connection's end.
     *
     * @param retryAfterSeconds as in {@code Retry-After}
     */
    public Map<String, String> headers(int retryAfterSeconds) {
        return Map.of(
                "Retry-After",
                Integer.toString(retryAfterSeconds),
                HEADER,
                headerValue(),
                "Content-Type",
                "text/plain");
    }

    /**
     * The body: two lines of plain ASCII.
     *
     * @param retryAfterSeconds as in {@code Retry-After}
     */
    public String body(int retryAfterSeconds) {
        return "Refused: " + words + ".\nTry again in " + retryAfterSeconds + " s.\n";
    }

    /**
     * The whole answer in HTTP/2, to a client that began with its preface: an empty SETTINGS, the server's preface,
     * then GOAWAY: no stream was worked on, NO_ERROR (RFC 9113, 3.4 and 6.8). The caller's own copy.
     */
    public static byte[] http2() {
        return new byte[] {
            0, 0, 0, 4, 0, 0, 0, 0, 0, //
            0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        };
    }

    /**
     * The whole answer in HTTP/1.1: a 503 that is the connection's last one. Plain ASCII.
     *
     * @param bodyless to HEAD: the head alone
     */
    public String http1(int retryAfterSeconds, boolean bodyless) {
        String body = body(retryAfterSeconds);
        return "HTTP/1.1 503 Service Unavailable\r\nRetry-After: " + retryAfterSeconds + "\r\n" + HEADER + ": "
                + headerValue() + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + (bodyless ? "" : body);
    }
}
