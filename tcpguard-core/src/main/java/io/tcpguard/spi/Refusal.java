/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.Locale;

/**
 * Why a client is refused, in the words that an answer of HTTP carries: so that nobody takes it for the application's
 * own 503.
 */
public enum Refusal {
    /** Descriptors: there is no place for another connection. */
    CONNECTIONS("this server has no free slot for another connection now"),
    /** Work waits for so long that its clients have gone. */
    WORK("work waits for too long on this server"),
    /** More connections wait to be accepted than can be served in time. */
    QUEUE("too many connections wait on this server"),
    /** The machine's files are used up. */
    FILES("the machine of this server has no files left");

    /** The header of a guard's 503; it says nothing of product or version. */
    public static final String HEADER = "X-Tcpguard";

    private final String words;

    Refusal(String words) {
        this.words = words;
    }

    /** The header's value, such as {@code refused; cause=connections}. */
    public String headerValue() {
        return "refused; cause=" + name().toLowerCase(Locale.ROOT);
    }

    /**
     * The body: two lines of plain ASCII.
     *
     * @param retryAfterSeconds as in {@code Retry-After}
     */
    public String body(int retryAfterSeconds) {
        return "Refused: " + words + ".\nTry again in " + retryAfterSeconds + " s.\n";
    }
}
