/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.text;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** An address as people write it; names are not looked up. */
public final class AddressLiteral {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private AddressLiteral() {}

    /**
     * The address that a text spells out; no name is looked up.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static InetAddress parse(String text) {
        String literal = text.strip();
        if (IPV4.matcher(literal).matches() || IPV6.matcher(literal).matches()) {
            try {
                return InetAddress.getByName(literal);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("address=" + text + " (expected: an IPv4 or IPv6 address)", e);
            }
        }
        throw new IllegalArgumentException("address=" + text + " (expected: an IPv4 or IPv6 address)");
    }
}
