/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/**
 * An address as proxies write it: IPv4, IPv6 with or without brackets, and a port behind either. Names are never looked
 * up, and whatever is no address is nobody's.
 */
final class AddressText {
    private static final int GROUPS = 8;
    private static final int NONE = -1;

    private final CharSequence text;
    private int at;
    private int end;

    private AddressText(CharSequence text) {
        this.text = text;
        end = text.length();
    }

    /** Whether it is one; then the key is that of its narrowest source. */
    static boolean read(CharSequence text, SourceKey into) {
        return new AddressText(text).read(into);
    }

    private boolean read(SourceKey into) {
        if (end == 0 || end > 64) {
            return false;
        }
        if (text.charAt(0) == '[') {
            at = 1;
            for (end = 1; end < text.length() && text.charAt(end) != ']'; end++) {}
            return end < text.length() && six(into);
        }
        int colons = 0;
        for (int i = 0; i < end; i++) {
            colons += text.charAt(i) == ':' ? 1 : 0;
        }
        if (colons > 1) {
            return six(into);
        }
        if (colons == 1) {
            for (end = 0; text.charAt(end) != ':'; end++) {}
        }
        long four = four();
        if (four < 0 || at != end) {
            return false;
        }
        into.setIpv4((int) four);
        return true;
    }

    /** Four numbers with dots between; negative if they aren't. */
    private long four() {
        long address = 0;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && !take('.')) {
                return NONE;
            }
            int number = number(10, 3);
            if (number < 0 || number > 255) {
                return NONE;
            }
            address = address << 8 | number;
        }
        return address;
    }

    private boolean six(SourceKey into) {
        for (int i = at; i < end; i++) {
            if (text.charAt(i) == '%') {
                end = i;
            }
        }
        long high = 0;
        long low = 0;
        int groups = 0;
        int gapAt = NONE;
        if (take(':')) {
            if (!take(':')) {
                return false;
            }
            gapAt = 0;
        }
        while (at < end && groups < GROUPS) {
            int begin = at;
            long value = number(16, 4);
            int width = 1;
            if (at < end && text.charAt(at) == '.') {
                at = begin;
                value = four();
                width = 2;
            }
            if (value < 0 || groups + width > GROUPS) {
                return false;
            }
            high = (high << (16 * width)) | (low >>> (Long.SIZE - 16 * width));
            low = (low << (16 * width)) | value;
            groups += width;
            if (at < end) {
                if (!take(':')) {
                    return false;
                }
                if (take(':')) {
                    if (gapAt != NONE) {
                        return false;
                    }
                    gapAt = groups;
                } else if (at == end) {
                    return false;
                }
            }
        }
        if (at != end || (gapAt == NONE) != (groups == GROUPS)) {
            return false;
        }
        int behind = gapAt == NONE ? 0 : groups - gapAt;
        for (int i = groups; i < GROUPS; i++) {
            // The gap is in front of the last ones: all in front of it move up.
            long lastHigh = behind <= 4 ? 0 : high & mask(behind - 4);
            long lastLow = behind >= 4 ? low : low & mask(behind);
            long firstHigh = high & ~(behind <= 4 ? 0 : mask(behind - 4));
            long firstLow = behind >= 4 ? 0 : low & ~mask(behind);
            high = firstHigh << 16 | firstLow >>> 48 | lastHigh;
            low = firstLow << 16 | lastLow;
        }
        into.setIpv6(high, low, 0);
        return true;
    }

    private static long mask(int groups) {
        return groups == 0 ? 0 : -1L >>> (Long.SIZE - 16 * groups);
    }

    private boolean take(char expected) {
        if (at < end && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private int number(int radix, int most) {
        int number = 0;
        int digits = 0;
        for (; at < end && digits < most; at++, digits++) {
            char c = text.charAt(at);
            int digit = c < 128 ? Character.digit(c, radix) : NONE;
            if (digit < 0) {
                break;
            }
            number = number * radix + digit;
        }
        return digits == 0 ? NONE : number;
    }
}
