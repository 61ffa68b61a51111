/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.Plain;
import org.jspecify.annotations.Nullable;

/**
 * What HAProxy says of this server in its check ({@code http-check send-state}): the one load balancer that tells a
 * server its share of the farm.
 *
 * @param status such as {@code UP}, {@code DOWN 1/2}, {@code NOLB}
 * @param server {@code backend/server}; empty if not said
 * @param node the load balancer's name; empty if not said
 * @param weight this server's weight; -1 if not said
 * @param totalWeight the sum over the servers of the backend that are up; -1 if not said
 */
public record HaproxyState(String status, String server, String node, int weight, int totalWeight) {
    private static final int MOST = 128;

    /** From the header {@code X-Haproxy-Server-State}; null if it is empty. Unknown parts are skipped. */
    static @Nullable HaproxyState parse(String header) {
        String status = "";
        String server = "";
        String node = "";
        int weight = -1;
        int total = -1;
        int from = 0;
        for (boolean first = true; from <= header.length(); first = false) {
            int end = header.indexOf(';', from);
            end = end < 0 ? header.length() : end;
            String part = header.substring(from, end).strip();
            from = end + 1;
            if (first) {
                status = part;
            } else if (part.startsWith("name=")) {
                server = part.substring(5);
            } else if (part.startsWith("node=")) {
                node = part.substring(5);
            } else if (part.startsWith("weight=")) {
                int slash = part.indexOf('/');
                weight = number(part, 7, slash < 0 ? part.length() : slash);
                total = slash < 0 ? -1 : number(part, slash + 1, part.length());
            }
        }
        return status.isEmpty()
                ? null
                : new HaproxyState(shortened(status), shortened(server), shortened(node), weight, total);
    }

    private static int number(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || to - from > 8) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return to > from ? value : -1;
    }

    /** What strangers send is not kept at any length, nor as it is. */
    private static String shortened(String text) {
        return Plain.text(text, MOST);
    }
}
