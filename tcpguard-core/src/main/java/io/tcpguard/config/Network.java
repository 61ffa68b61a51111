/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** An IPv4 or IPv6 network in CIDR notation (RFC 4632, RFC 4291). */
public final class Network {
    /**
     * Four decimal numbers: shorter forms ("10.1" is 10.0.0.1) and leading zeros (octal elsewhere) mean another thing
     * to each reader.
     */
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final byte[] address;
    private final int prefix;

    private Network(byte[] address, int prefix) {
        this.address = address;
        this.prefix = prefix;
    }

    /**
     * Networks separated by commas; a bare address is a network of one.
     *
     * @throws IllegalArgumentException if one of them is neither
     */
    public static List<Network> list(String text) {
        List<Network> networks = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            if (!one.isBlank()) {
                networks.add(of(one.strip()));
            }
        }
        return List.copyOf(networks);
    }

    static Optional<Object> tryList(String text) {
        try {
            return Optional.of(list(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Network of(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(text, slash < 0 ? text : text.substring(0, slash));
        int bits = address.length * 8;
        String prefix = slash < 0 ? String.valueOf(bits) : text.substring(slash + 1);
        if (!prefix.matches("[0-9]{1,3}") || Integer.parseInt(prefix) > bits) {
            throw new IllegalArgumentException(text + " (expected: a prefix of 0.." + bits + ")");
        }
        return new Network(address, Integer.parseInt(prefix));
    }

    private static byte[] address(String text, String literal) {
        boolean six = IPV6.matcher(literal).matches();
        if (!six && !IPV4.matcher(literal).matches()) {
            throw new IllegalArgumentException(
                    text + " (expected: a literal address, IPv4 with four numbers, with /prefix or without)");
        }
        try {
            byte[] address = InetAddress.getByName(literal).getAddress();
            if (six && address.length == 4) {
                // ::ffff:10.0.0.0, of which the JDK makes 10.0.0.0: its prefix would count from another bit.
                throw new IllegalArgumentException(text + " (expected: an IPv4 network as such, without ::ffff:)");
            }
            return address;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text + " (expected: a literal address, with /prefix or without)", e);
        }
    }

    /** Whether the address lies in this network. An IPv4 address and an IPv6 network never match. */
    public boolean contains(InetAddress peer) {
        byte[] other = peer.getAddress();
        if (other.length != address.length) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (other[i] != address[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        return rest == 0 || ((other[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }

    /** Whether one of them contains the address. */
    public static boolean anyContains(List<Network> networks, InetAddress peer) {
        for (int i = 0; i < networks.size(); i++) {
            if (networks.get(i).contains(peer)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(address).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
