/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What strangers may send to the health port: heads of requests, and what HAProxy says of the server in one of them.
 */
public final class HealthPortFuzz {
    private HealthPortFuzz() {}

    /** Called by a fuzzer, and for each saved input. */
    public static void fuzzerTestOneInput(byte[] data) {
        HttpRequest whole = HttpRequest.parse(data, data.length, true);
        check(whole != null, "an ended request has no answer");
        // However it is cut into pieces, the first answer stands.
        HttpRequest inPieces = null;
        for (int length = 0; length <= data.length && inPieces == null; length++) {
            inPieces = HttpRequest.parse(data, length, false);
        }
        HttpRequest atOnce = HttpRequest.parse(data, data.length, false);
        check(
                inPieces == null ? atOnce == null || data.length >= HttpRequest.LONGEST : inPieces.equals(atOnce),
                "pieces");
        check(
                atOnce == null || atOnce.equals(whole) || atOnce.error() == 431,
                "the end changes what was said before it");
        if (whole != null) {
            check(whole.error() == 0 || whole.error() >= 400, "error " + whole.error());
            check(whole.error() != 0 || !whole.method().isEmpty(), "no method");
            haproxy(whole.haproxy());
            check(!(whole.html() && whole.json()), "two kinds of answer");
            check(whole.byBrowser() || !whole.byDirector() || whole.path().length() <= data.length, "longer than said");
        }
        haproxy(new String(data, StandardCharsets.ISO_8859_1));
    }

    private static void haproxy(String header) {
        HaproxyState state = HaproxyState.parse(header);
        if (state == null) {
            return;
        }
        for (String text : Arrays.asList(state.status(), state.server(), state.node())) {
            check(text.length() <= 160, "a stranger's text of " + text.length());
            check(text.chars().noneMatch(c -> c < ' ' || c == 127), "a control character in " + text);
        }
        check(state.weight() >= -1 && state.totalWeight() >= -1, "weight " + state.weight());
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
