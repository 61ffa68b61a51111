/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.spi.GuardLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The page for a browser: one file that asks nobody but this port. Loaded once, when the first health port opens, since
 * nothing can be opened at the limit.
 *
 * @param html empty if it could not be loaded
 * @param headers that keep a browser from doing anything but what the page is for
 */
record StatusPage(String html, Map<String, String> headers) {
    private static final GuardLog LOG = GuardLog.of(StatusPage.class);

    /** Never throws: a server without its page is a server still. */
    static StatusPage load() {
        try (InputStream file = StatusPage.class.getResourceAsStream("status.html")) {
            if (file == null) {
                throw new IOException("status.html is not there");
            }
            String html = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return new StatusPage(html, headers(html));
        } catch (IOException | NoSuchAlgorithmException e) {
            LOG.warn("tcpguard has no status page; the health port tells the verdict as text", e);
            return new StatusPage("", Map.of());
        }
    }

    boolean there() {
        return !html.isEmpty();
    }

    /** Its one style and its one script are allowed by their hash (CSP level 2), nothing else. */
    private static Map<String, String> headers(String html) throws NoSuchAlgorithmException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                "Content-Security-Policy",
                "default-src 'none'; style-src " + hash(html, "<style>", "</style>") + "; script-src "
                        + hash(html, "<script>", "</script>")
                        + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        return headers;
    }

    private static String hash(String html, String begin, String end) throws NoSuchAlgorithmException {
        int from = html.indexOf(begin) + begin.length();
        byte[] text = html.substring(from, html.indexOf(end, from)).getBytes(StandardCharsets.UTF_8);
        return "'sha256-"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(text))
                + "'";
    }
}
