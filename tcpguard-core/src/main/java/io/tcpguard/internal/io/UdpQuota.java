/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many datagrams are answered. A sender may be forged, so each answer may go to somebody who asked for nothing: few
 * a second to one source, and few in all. Who has asked in several seconds before has a count of his own: a flood of
 * forged senders does not silence a director. Bounded memory; one thread.
 */
final class UdpQuota {
    /**
     * Answers a second to one source, an IPv6 source being a /64: ten services of a director that checks twice a
     * second.
     */
    static final int A_SOURCE = 20;
    /** Answers a second to all sources that are not known. */
    static final int STRANGERS = 200;

    private static final int SLOTS = 256;
    private static final int KNOWN = 64;
    private static final int SECONDS_TO_BE_KNOWN = 3;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long FORGOTTEN_AFTER = TimeUnit.MINUTES.toNanos(5);

    /** Strangers hash to a slot; an unknown seed, so that nobody can choose whose slot he uses up. */
    private final long seed = ThreadLocalRandom.current().nextLong();

    private final int[] answeredToSlot = new int[SLOTS];
    private final Peer[] known = new Peer[KNOWN];
    /** Seen lately, and known once they came in enough different seconds. */
    private final Peer[] lately = new Peer[SLOTS];

    private long secondBegan;
    private boolean begun;
    private int answeredToStrangers;

    private static final class Peer {
        long network;
        boolean used;
        int seconds;
        long lastSecond;
        int answered;
    }

    UdpQuota() {
        for (int i = 0; i < KNOWN; i++) {
            known[i] = new Peer();
        }
        for (int i = 0; i < SLOTS; i++) {
            lately[i] = new Peer();
        }
    }

    /** Whether this one is to be answered; counts it. */
    boolean allows(InetAddress from, long now) {
        if (!begun || now - secondBegan >= SECOND) {
            begun = true;
            secondBegan = now;
            answeredToStrangers = 0;
            Arrays.fill(answeredToSlot, 0);
        }
        long network = network(from.getAddress());
        Peer source = knownAs(network);
        if (source == null) {
            return allowsStranger(network, now);
        }
        if (source.lastSecond != secondBegan) {
            source.lastSecond = secondBegan;
            source.answered = 0;
        }
        return ++source.answered <= A_SOURCE;
    }

    private boolean allowsStranger(long network, long now) {
        int slot = slot(network);
        if (answeredToStrangers >= STRANGERS || answeredToSlot[slot] >= A_SOURCE) {
            return false;
        }
        answeredToStrangers++;
        answeredToSlot[slot]++;
        remember(lately[slot], network, now);
        return true;
    }

    private void remember(Peer source, long network, long now) {
        if (!source.used || source.network != network) {
            source.used = true;
            source.network = network;
            source.seconds = 1;
            source.lastSecond = secondBegan;
        } else if (source.lastSecond != secondBegan) {
            source.lastSecond = secondBegan;
            if (++source.seconds >= SECONDS_TO_BE_KNOWN) {
                admit(network, now);
            }
        }
    }

    /** Into a place that is free, or whose owner has come no more for minutes: nobody is pushed out. */
    private void admit(long network, long now) {
        for (Peer place : known) {
            if (!place.used || now - place.lastSecond > FORGOTTEN_AFTER) {
                place.used = true;
                place.network = network;
                place.lastSecond = secondBegan;
                place.answered = 0;
                return;
            }
        }
    }

    private @Nullable Peer knownAs(long network) {
        for (Peer place : known) {
            if (place.used && place.network == network) {
                return place;
            }
        }
        return null;
    }

    /** The address, of IPv6 its first half. */
    private static long network(byte[] address) {
        long network = address.length;
        for (int i = 0; i < Math.min(8, address.length); i++) {
            network = (network << 8) | (address[i] & 0xff);
        }
        return network;
    }

    private int slot(long network) {
        long mixed = (network ^ seed) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return (int) (mixed >>> 56) & (SLOTS - 1);
    }
}
