/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.nio.charset.StandardCharsets;

/** What each server does for a request: waits, as for a database, then says always the same. */
final class Work {
    private static final byte[] BODY = ("login ok " + "x".repeat(190) + "\n").getBytes(StandardCharsets.US_ASCII);

    private Work() {}

    /** The answer, 200 bytes, after the wait. */
    static byte[] done(int millis) {
        if (millis > 0) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                // The server stops: answer at once.
                Thread.currentThread().interrupt();
            }
        }
        return BODY.clone();
    }
}
