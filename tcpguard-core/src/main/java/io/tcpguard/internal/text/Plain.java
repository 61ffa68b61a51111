/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.text;

/** Text from strangers, fit to be shown on a terminal, in a log and in a page. */
public final class Plain {
    private Plain() {}

    /**
     * With everything but printable ASCII as a question mark (escape sequences, line ends, marks of direction, what
     * looks like something else), and so with the characters that mean something in HTML. No longer than that.
     */
    public static String text(String text, int longest) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), longest));
        for (int i = 0; i < text.length() && i < longest; i++) {
            char c = text.charAt(i);
            boolean harmless = c >= ' ' && c < 127 && c != '<' && c != '>' && c != '&' && c != '"' && c != '\'';
            plain.append(harmless ? c : '?');
        }
        return plain.toString();
    }
}
