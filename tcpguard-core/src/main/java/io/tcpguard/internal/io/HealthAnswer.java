/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.meters.PrometheusText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** The whole bytes of an answer on the health port, head and body; each ends its connection. Pure. */
final class HealthAnswer {
    /**
     * Characters; some four times the longest that was seen. A slot, and the memory for its answer, is not for more.
     */
    static final int LONGEST_REPORT = 256 * 1024;

    private static final int LONGEST_REASON = 200;
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

    private HealthAnswer() {}

    /** The verdict, as status and body. */
    static byte[] verdict(HttpRequest request, HealthStatus s, boolean details) {
        return of(request, s.up() ? 200 : 503, s, s.body(request.json(), details));
    }

    /** The weight alone, in its last line; down is 0, after a line that says by what kind of cause. */
    static byte[] weight(HttpRequest request, HealthStatus s) {
        return of(request.asText(), 200, s, s.up() ? s.weight() + "\n" : "down " + s.byWord() + "\n0\n");
    }

    static byte[] details(HttpRequest request, HealthStatus s, Details details) {
        return of(request, 200, s, request.json() ? details.json(s) : details.text(s));
    }

    /** Advice or an incident, for people. It says nothing of the verdict: no load balancer may take it for one. */
    static byte[] report(HttpRequest request, String body) {
        return body.length() > LONGEST_REPORT
                ? error(request.asText(), 500)
                : bytes(request, head(request, 200, body, HealthStatus.contentType(request.json())), body);
    }

    /** For Prometheus. */
    static byte[] metrics(HttpRequest request, MeterSource meters) {
        boolean openMetrics = request.openMetrics();
        String body = PrometheusText.of(meters, openMetrics);
        return bytes(request, head(request, 200, body, PrometheusText.contentType(openMetrics)), body);
    }

    /**
     * For a browser; with the verdict's status for anything else that names HTML, which must not take the page for
     * "up".
     */
    static byte[] page(HttpRequest request, HealthStatus s, StatusPage page) {
        int status = s.up() || request.byBrowser() ? 200 : 503;
        StringBuilder head = head(request, status, page.html(), "text/html; charset=utf-8");
        append(head, s.headers());
        append(head, page.headers());
        return bytes(request, head, page.html());
    }

    /** A refusal of the request itself; says nothing of the server. */
    static byte[] error(HttpRequest request, int status) {
        String body = status + " " + phrase(status) + '\n';
        return bytes(request, head(request, status, body, HealthStatus.contentType(false)), body);
    }

    /**
     * One line for HAProxy's agent-check, which Loadbalancer.org reads too. Always all three words: each of them
     * sticks.
     */
    static byte[] agentLine(HealthStatus s, boolean details) {
        String why = NOT_PRINTABLE.matcher(details ? s.reason() : s.cause()).replaceAll("?");
        String line = s.up()
                ? "ready up " + s.weight() + "%\n"
                : "ready down 0% # " + why.substring(0, Math.min(why.length(), LONGEST_REASON)) + '\n';
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] of(HttpRequest request, int status, HealthStatus s, String body) {
        StringBuilder head = head(request, status, body, HealthStatus.contentType(request.json()));
        append(head, s.headers());
        return bytes(request, head, body);
    }

    private static void append(StringBuilder head, Map<String, String> headers) {
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    }

    private static StringBuilder head(HttpRequest request, int status, String body, String contentType) {
        StringBuilder head = new StringBuilder(512)
                .append("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(phrase(status))
                .append("\r\nContent-Type: ")
                .append(contentType)
                .append("\r\nContent-Length: ")
                .append(body.getBytes(StandardCharsets.UTF_8).length)
                .append("\r\nConnection: close\r\nCache-Control: no-store\r\n");
        if (status == 405 || request.method().equals("OPTIONS")) {
            head.append("Allow: GET, HEAD, OPTIONS\r\n");
        }
        return head;
    }

    private static byte[] bytes(HttpRequest request, StringBuilder head, String body) {
        head.append("\r\n");
        if (!request.bodyless()) {
            head.append(body);
        }
        return head.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String phrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            default -> "Service Unavailable";
        };
    }
}
