/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.nio.charset.StandardCharsets;

/** A cursor over the bytes of a kernel text. Strict, so that a torn text is noticed; allocates nothing once made. */
final class ProcText {
    /** What {@link #number()} returns for what is no number. */
    static final long NONE = -1;

    private byte[] bytes = new byte[0];
    private int end;
    private int at;

    /** Starts at the first byte of what the file read last. */
    void over(ProcFile file) {
        over(file.bytes(), file.length());
    }

    void over(byte[] text, int length) {
        bytes = text;
        end = length;
        at = 0;
    }

    int position() {
        return at;
    }

    void moveTo(int position) {
        at = position;
    }

    boolean atEnd() {
        return at == end;
    }

    /** Steps over this word if it stands here. */
    boolean take(byte[] word) {
        if (end - at < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        at += word.length;
        return true;
    }

    boolean take(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    /** Steps over one or more blanks and tabs; false if there is none. */
    boolean takeBlanks() {
        int start = at;
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at > start;
    }

    /** Steps over everything up to a blank or the line's end; false if that is nothing. */
    boolean takeWord() {
        int start = at;
        while (at < end && !endsWord()) {
            at++;
        }
        return at > start;
    }

    /** True if a blank or the line's end stands here. */
    boolean endsWord() {
        return at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\n');
    }

    /** Moves behind the next line's end; false if there is none. */
    boolean nextLine() {
        while (at < end) {
            if (bytes[at++] == '\n') {
                return true;
            }
        }
        return false;
    }

    /** A decimal number that a blank or the line's end follows; {@link #NONE} for anything else, overflow too. */
    long number() {
        long value = 0;
        int start = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            int digit = bytes[at] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return NONE;
            }
            value = value * 10 + digit;
            at++;
        }
        // At the text's very end the number may have been cut.
        return at > start && endsWord() ? value : NONE;
    }

    /**
     * Steps over so many whole numbers, each behind blanks and of any size; false if something else stands there. Some
     * say "none" by -1 (MaxConn of snmp). One tight loop: it is most of what reading a table of counters costs beside
     * the kernel's part.
     */
    boolean skipIntegers(int count) {
        byte[] text = bytes;
        int stop = end;
        int i = at;
        for (int n = 0; n < count; n++) {
            int blanks = i;
            while (i < stop && (text[i] == ' ' || text[i] == '\t')) {
                i++;
            }
            if (i == blanks) {
                return false;
            }
            if (i < stop && text[i] == '-') {
                i++;
            }
            int digits = i;
            while (i < stop && text[i] >= '0' && text[i] <= '9') {
                i++;
            }
            if (i == digits) {
                return false;
            }
        }
        at = i;
        return count == 0 || endsWord();
    }

    /** Steps over one or more decimal digits; false if there is none. */
    boolean takeDigits() {
        int start = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at > start;
    }

    /** A hexadecimal number of exactly that many digits; {@link #NONE} for anything else. At most 15 digits. */
    long hex(int digits) {
        if (end - at < digits) {
            return NONE;
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = hexDigit(bytes[at + i]);
            if (digit < 0) {
                return NONE;
            }
            value = value << 4 | digit;
        }
        at += digits;
        return value;
    }

    private static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        return b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
    }

    static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
