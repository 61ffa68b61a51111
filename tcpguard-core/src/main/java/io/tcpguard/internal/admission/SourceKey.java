/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which network an address belongs to: for IPv4 the address itself, for IPv6 the /64, of which one customer has all
 * 2^64 addresses (RFC 6177), or a shorter prefix of either. An IPv4 address inside an IPv6 one (::ffff:0:0/96,
 * 64:ff9b::/96, and /96 in 64:ff9b:1::/48; RFC 4291, 6052 and 8215) counts as that. Link-local addresses (fe80::/10)
 * are all of one /64, so each counts for itself, with its interface, and that /64 as an IPv4 network does. Mutable:
 * one of them asks for all, guarded by the table's lock, so that asking allocates nothing.
 */
final class SourceKey {
    private static final int REMEMBERED = 256;
    private static final long MAPPED = 0xffff_0000_0000L;
    private static final long TRANSLATED = 0x0064_ff9b_0000_0000L;
    private static final long TRANSLATED_LOCALLY = 0x0064_ff9b_0001L;
    private static final int LINK_LOCAL = 0x3fa;

    /** Whether the JDK's hash of an IPv4 address is the address, which spares a copy of its bytes. */
    private static final boolean HASH_IS_ADDRESS =
            InetAddress.getLoopbackAddress() instanceof Inet4Address local && local.hashCode() == 0x7f000001;

    /** A /48, which one customer may have (RFC 6177). */
    private static final long SITE = -1L << 16;

    /** Another one in each process, so that nobody knows whose words share a set. */
    private static final long SEED = new SecureRandom().nextLong();

    private long high;
    private long low;
    private int bits;

    SourceKey() {}

    private SourceKey(SourceKey of) {
        high = of.high;
        low = of.low;
        bits = of.bits;
    }

    SourceKey copy() {
        return new SourceKey(this);
    }

    /** The narrowest source of this address. */
    void set(InetAddress address, Memory memory) {
        if (address instanceof Inet6Address six) {
            memory.read(six, this);
            return;
        }
        setIpv4(HASH_IS_ADDRESS ? address.hashCode() : (int) number(address.getAddress(), 0, 4));
    }

    void setIpv4(int address) {
        high = 0;
        low = MAPPED | (address & 0xffff_ffffL);
        bits = 128;
    }

    void setIpv6(long highHalf, long lowHalf, int scope) {
        boolean mapped = highHalf == 0 && (lowHalf & 0xffff_ffff_0000_0000L) == MAPPED;
        boolean translated = (highHalf == TRANSLATED || highHalf >>> 16 == TRANSLATED_LOCALLY)
                && (lowHalf & 0xffff_ffff_0000_0000L) == 0;
        if (mapped || translated) {
            setIpv4((int) lowHalf);
        } else if (highHalf >>> 54 == LINK_LOCAL) {
            high = highHalf | scope;
            low = lowHalf;
            bits = 128;
        } else {
            high = highHalf;
            low = 0;
            bits = 64;
        }
    }

    /** Makes it the next wider network. False if there is none that counts. */
    boolean widen() {
        if (bits == 128 && high == 0 && (low & ~0xffff_ffffL) == MAPPED) {
            bits = 120;
            low &= ~0xffL;
        } else if (linkLocal()) {
            if (bits == 64) {
                return false;
            }
            bits = 64;
            low = 0;
        } else if (bits == 64 || bits == 56) {
            bits -= 8;
            high &= -1L << (64 - bits);
        } else {
            return false;
        }
        return true;
    }

    private boolean linkLocal() {
        return high >>> 54 == LINK_LOCAL;
    }

    /** Whether a network of this kind may be of many, as an office; an IPv6 network is one customer's. */
    boolean mayBeOfMany() {
        return bits >= 120 || linkLocal();
    }

    int bits() {
        return bits;
    }

    private static long number(byte[] bytes, int from, int length) {
        long number = 0;
        for (int i = from; i < from + length; i++) {
            number = number << 8 | (bytes[i] & 0xff);
        }
        return number;
    }

    /** 64 bits to remember it by; never 0, and never {@link SourceMarks#CLIENT a client's}. */
    long id() {
        return (mix(mix(mix(SEED ^ high) ^ low) + bits) & ~SourceMarks.CLIENT) | 1;
    }

    /** All bits of the answer follow from all bits of the argument (the finalizer of MurmurHash3). */
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
        return mixed ^ (mixed >>> 33);
    }

    /**
     * The hash of who has one voice where it is learned how healthy clients behave. Of IPv6 that is a /48: one host may
     * come from each of its 65,536 networks.
     */
    int voice() {
        return bits == 64 ? hash(high & SITE, 0, 48) : hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SourceKey key && key.high == high && key.low == low && key.bits == bits;
    }

    @Override
    public int hashCode() {
        return hash(high, low, bits);
    }

    private static int hash(long high, long low, int bits) {
        long mixed = (high * 31 + low + bits) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32);
    }

    /** The halves of addresses asked for lately: the JDK tells an IPv6 address only by a copy. */
    static final class Memory {
        private final Inet6Address[] asked = new Inet6Address[REMEMBERED];
        private final long[] highs = new long[REMEMBERED];
        private final long[] lows = new long[REMEMBERED];

        void read(Inet6Address address, SourceKey into) {
            int hash = address.hashCode();
            int slot = (hash ^ hash >>> 8 ^ hash >>> 16) & (REMEMBERED - 1);
            if (!address.equals(asked[slot])) {
                byte[] bytes = address.getAddress();
                highs[slot] = number(bytes, 0, 8);
                lows[slot] = number(bytes, 8, 8);
                asked[slot] = address;
            }
            into.setIpv6(highs[slot], lows[slot], address.getScopeId());
        }
    }
}
