/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.util.Map;

/**
 * The verdict as an HTTP server tells it.
 *
 * @param up 200 if so, 503 if not
 * @param headers what belongs to the verdict and its text; length and connection are the server's own
 * @param body text or JSON, in UTF-8
 */
public record HealthPage(boolean up, Map<String, String> headers, String body) {
    /** Keeps a copy of the headers. */
    public HealthPage {
        headers = Map.copyOf(headers);
    }

    /** The HTTP status: 200 or 503. */
    public int status() {
        return up ? 200 : 503;
    }
}
