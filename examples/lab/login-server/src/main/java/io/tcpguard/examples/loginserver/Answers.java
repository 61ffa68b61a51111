/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import java.nio.charset.StandardCharsets;

/** What the service says; the same bytes whatever the server. */
final class Answers {
    private Answers() {}

    static final String HEALTH_PATH = "/health";

    /** 200 bytes, like a small page that says who is logged in. */
    static byte[] login() {
        return ("login ok " + "x".repeat(190) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] health() {
        return "UP\n".getBytes(StandardCharsets.US_ASCII);
    }
}
