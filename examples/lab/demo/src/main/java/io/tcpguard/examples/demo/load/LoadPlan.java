/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

/**
 * How many come, and when; times in milliseconds after the load's start.
 *
 * @param users steady users
 * @param rampMillis time over which they first log in
 * @param abusers abnormal clients
 * @param floodAt when the abnormal ones begin to come
 * @param floodRampMillis time over which they come
 * @param floodUntil when they all leave
 * @param oneByte whether they send one byte, not a request
 */
public record LoadPlan(
        int users, int rampMillis, int abusers, int floodAt, int floodRampMillis, int floodUntil, boolean oneByte) {

    /** More than this is too much for one thread. */
    private static final int CLIENTS_MOST = 3_500;

    /** Refuses nonsense. */
    public LoadPlan {
        if (users < 1
                || abusers < 0
                || users + abusers > CLIENTS_MOST
                || rampMillis < 1
                || floodRampMillis < 1
                || floodAt < 0
                || floodUntil < floodAt) {
            throw new IllegalArgumentException("users=" + users + " abusers=" + abusers + " ramp=" + rampMillis
                    + " flood=" + floodAt + ".." + floodUntil + " ramp=" + floodRampMillis
                    + " (expected: 1 to " + CLIENTS_MOST
                    + " clients, ramps of 1 ms or more, an end after the beginning)");
        }
    }

    /** Abnormal clients send a whole request. */
    public LoadPlan(int users, int rampMillis, int abusers, int floodAt, int floodRampMillis, int floodUntil) {
        this(users, rampMillis, abusers, floodAt, floodRampMillis, floodUntil, false);
    }

    /** Users in session at a time, if nobody is ever turned away or cut off. */
    public double sessionsOffered() {
        return loginsOffered() * Timing.STANDARD.meanHold() / 1000;
    }

    /** Logins in a second, if nobody is ever turned away or cut off. */
    public double loginsOffered() {
        return users * 1000 / (Timing.STANDARD.meanHold() + Timing.STANDARD.idle());
    }

    Client client(int i, Timing timing, Tally tally, long start) {
        if (i < users) {
            return new User(timing, tally, i, start + (long) rampMillis * i / users);
        }
        long begin = start + floodAt + (long) floodRampMillis * (i - users) / abusers;
        return new Abuser(timing, tally, i, begin, start + floodUntil, oneByte ? Act.SEND_A_BYTE : Act.SEND);
    }
}
