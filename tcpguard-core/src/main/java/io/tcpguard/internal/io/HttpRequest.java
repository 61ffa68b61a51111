/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What matters of a request's head (RFC 9112), or why it can't be served.
 *
 * @param error the status to refuse it with; 0 if it is good
 * @param method GET, HEAD or OPTIONS
 * @param path without query and authority
 * @param accept the header Accept in lower case; empty if there is none
 * @param haproxy the header X-Haproxy-Server-State; empty if there is none
 * @param agent the header User-Agent; empty if there is none
 */
record HttpRequest(int error, String method, String path, String accept, String haproxy, String agent) {
    /** Bytes that a head may have. */
    static final int LONGEST = 4096;

    private static final int LONGEST_METHOD = 16;

    static HttpRequest refused(int status) {
        return new HttpRequest(status, "GET", "", "", "", "");
    }

    HttpRequest asText() {
        return new HttpRequest(error, method, path, "", haproxy, agent);
    }

    /** Whether one asks who balances for LVS: keepalived and ldirectord by their names, our own script by its path. */
    boolean byDirector() {
        String name = agent.toLowerCase(Locale.ROOT);
        return path.equals("/weight") || name.startsWith("keepalive") || name.startsWith("libwww-perl");
    }

    /** Whether the client asks for application/json. */
    boolean json() {
        return accept.contains("application/json");
    }

    /** Whether it asks for OpenMetrics; Prometheus names several formats and prefers this one. */
    boolean openMetrics() {
        return accept.contains("application/openmetrics-text");
    }

    /** Whether it asks for a page to look at; who takes JSON, too, is a program. */
    boolean html() {
        return accept.contains("text/html") && !json();
    }

    /**
     * Whether a person looks: each browser calls itself so; monitors and crawlers that do add that they are
     * "compatible".
     */
    boolean byBrowser() {
        return agent.startsWith("Mozilla/") && !agent.contains("compatible");
    }

    /** What is there as JSON only. */
    HttpRequest asJson() {
        return new HttpRequest(error, method, path, "application/json", haproxy, agent);
    }

    boolean bodyless() {
        return !method.equals("GET");
    }

    /** Looks at what has come so far; null: go on reading. Garbage is recognised as early as possible. */
    static @Nullable HttpRequest parse(byte[] bytes, int length, boolean ended) {
        int lineEnd = 0;
        boolean spaced = false;
        while (lineEnd < length && bytes[lineEnd] != '\n') {
            byte b = bytes[lineEnd];
            spaced |= b == ' ';
            boolean fits = spaced ? (b >= ' ' && b < 127) || b == '\r' : b >= 'A' && b <= 'Z';
            if (!fits || (!spaced && lineEnd >= LONGEST_METHOD)) {
                return refused(400);
            }
            lineEnd++;
        }
        if (lineEnd == length) {
            return unfinished(length, ended);
        }
        HttpRequest first = requestLine(text(bytes, 0, lineEnd));
        if (first.error != 0) {
            return first;
        }
        return headers(first, bytes, lineEnd + 1, length, ended);
    }

    private static @Nullable HttpRequest unfinished(int length, boolean ended) {
        if (ended) {
            return refused(400);
        }
        return length >= LONGEST ? refused(431) : null;
    }

    private static HttpRequest requestLine(String line) {
        int one = line.indexOf(' ');
        int two = line.indexOf(' ', one + 1);
        if (one <= 0 || two <= one + 1 || line.indexOf(' ', two + 1) >= 0) {
            return refused(400);
        }
        String version = line.substring(two + 1);
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            return refused(400);
        }
        String method = line.substring(0, one);
        if (!method.equals("GET") && !method.equals("HEAD") && !method.equals("OPTIONS")) {
            return refused(405);
        }
        return new HttpRequest(0, method, path(line.substring(one + 1, two)), "", "", "");
    }

    private static String path(String target) {
        int from = 0;
        int scheme = target.indexOf("://");
        if (scheme >= 0 && target.charAt(0) != '/') {
            from = target.indexOf('/', scheme + 3);
            if (from < 0) {
                return "/";
            }
        }
        int query = target.indexOf('?', from);
        return target.substring(from, query < 0 ? target.length() : query);
    }

    private static @Nullable HttpRequest headers(HttpRequest first, byte[] bytes, int from, int length, boolean ended) {
        String accept = "";
        String haproxy = "";
        String agent = "";
        int start = from;
        for (int i = from; i < length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            String line = text(bytes, start, i);
            start = i + 1;
            if (line.isEmpty()) {
                return new HttpRequest(0, first.method, first.path, accept, haproxy, agent);
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                return refused(400);
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (name.equals("accept")) {
                accept = accept.isEmpty() ? lower(value) : accept + ',' + lower(value);
            } else if (name.equals("x-haproxy-server-state")) {
                haproxy = value;
            } else if (name.equals("user-agent")) {
                agent = value;
            }
        }
        return unfinished(length, ended);
    }

    private static String lower(String value) {
        return value.toLowerCase(Locale.ROOT);
    }

    /** A line without its end. */
    private static String text(byte[] bytes, int from, int to) {
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    }
}
