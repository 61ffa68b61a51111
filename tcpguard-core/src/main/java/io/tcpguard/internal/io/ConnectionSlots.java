/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The few slots for connections to the health ports, and which connection is closed for a new one when they are taken.
 * On the I/O thread.
 */
final class ConnectionSlots {
    /** Connections beyond these take none of the last descriptors: two directors may check at a time. */
    private static final int ALWAYS = 2;

    /** With a single descriptor for all, a connection is not pushed out before its request had the time to arrive. */
    private static final long TO_SEND_A_REQUEST = TimeUnit.MILLISECONDS.toNanos(5);

    private final Poller poller;
    private final GuardView view;
    private final HealthConnection[] slots;

    ConnectionSlots(int number, Poller poller, GuardView view, Supplier<HealthConnection> slot) {
        this.poller = poller;
        this.view = view;
        slots = new HealthConnection[number];
        for (int i = 0; i < number; i++) {
            slots[i] = slot.get();
        }
    }

    /** A slot for that connection; somebody else's, if none is free. */
    HealthConnection take(SocketChannel arrival, long now) throws IOException {
        HealthConnection free = free();
        if (free != null) {
            return free;
        }
        InetAddress peer = arrival.getRemoteAddress() instanceof InetSocketAddress a ? a.getAddress() : null;
        HealthConnection victim = victim(peer, now);
        if (victim == null) {
            victim = slots[0];
        }
        victim.end();
        poller.flush();
        return victim;
    }

    /** Ends one that can be spared, so that its descriptor is free. False: there is none. */
    boolean endOne(long now) throws IOException {
        HealthConnection victim = victim(null, now);
        if (victim == null || !(victim.answered() || victim.age(now) >= TO_SEND_A_REQUEST)) {
            return false;
        }
        victim.end();
        poller.flush();
        return true;
    }

    void expire(long now) {
        for (HealthConnection slot : slots) {
            slot.expire(now);
        }
    }

    /** Nanoseconds until {@link #expire} has something to do; {@link Long#MAX_VALUE}: nothing is here. */
    long left(long now) {
        long next = Long.MAX_VALUE;
        for (HealthConnection slot : slots) {
            next = Math.min(next, slot.left(now));
        }
        return next;
    }

    void endAll() {
        for (HealthConnection slot : slots) {
            slot.end();
        }
    }

    private @Nullable HealthConnection free() {
        HealthConnection free = null;
        int used = 0;
        for (HealthConnection slot : slots) {
            if (slot.free()) {
                free = slot;
            } else {
                used++;
            }
        }
        return used < ALWAYS || view.roomForStrangers() ? free : null;
    }

    /**
     * Which one is closed: one that has its answer, else one of the peer that holds most (the new one counts); the
     * oldest of them. So a stranger pushes out himself before he pushes out a check.
     */
    private @Nullable HealthConnection victim(@Nullable InetAddress arrival, long now) {
        HealthConnection victim = null;
        int most = 0;
        for (HealthConnection slot : slots) {
            if (!slot.free()) {
                int rank = slot.answered() ? Integer.MAX_VALUE : held(slot.peer(), arrival);
                if (victim == null || rank > most || (rank == most && slot.age(now) > victim.age(now))) {
                    victim = slot;
                    most = rank;
                }
            }
        }
        return victim;
    }

    private int held(@Nullable InetAddress peer, @Nullable InetAddress arrival) {
        int count = peer != null && peer.equals(arrival) ? 1 : 0;
        for (HealthConnection slot : slots) {
            InetAddress other = slot.peer();
            if (other != null && other.equals(peer)) {
                count++;
            }
        }
        return count;
    }
}
