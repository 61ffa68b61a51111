/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.text;

import java.util.Locale;

/** Text fit to be shown on a terminal, in a log and in a page. */
public final class Plain {
    private Plain() {}

    /** A constant as a person writes it: {@code known good} for {@code KNOWN_GOOD}. */
    public static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * What a stranger said, with everything but printable ASCII as a question mark (escape sequences, line ends, marks
     * of direction, what looks like something else), and so with the characters that mean something in HTML. No longer
     * than that.
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

    /**
     * What an operator said, in any language, as one line: with a question mark for what ends a line, steers a terminal
     * or turns the direction of writing. No longer than that.
     */
    public static String line(String text, int longest) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(longest).map(c -> isWritten(c) ? c : '?').forEach(line::appendCodePoint);
        return line.toString().strip();
    }

    private static boolean isWritten(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
