/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;

/**
 * Attempts to connect that the kernel dropped or answered by a SYN cookie, per second since the last read.
 *
 * <p>ListenDrops and SyncookiesSent together count each attempt once: ListenOverflows and TCPReqQFullDrop are always
 * counted in ListenDrops as well, and TCPReqQFullDoCookies goes before either a cookie or a drop (net/ipv4/tcp_input.c,
 * {@code tcp_conn_request}; include/net/tcp.h, {@code tcp_listendrop}). Where cookies are sent to everybody ({@code
 * tcp_syncookies} = 2) they are no sign of trouble and are left out.
 */
final class ListenDropsProbe implements Probe {
    /**
     * Drops per second that count as pressure 1. A client whose first SYN is dropped waits one second before it tries
     * again (RFC 6298, 2.1), so at 100 there are a hundred clients waiting at any moment.
     */
    static final long CLIENTS_NOTICE = 100;

    private static final int LISTEN_DROPS = 0;
    private static final int COOKIES_SENT = 1;
    private static final long SECOND = 1_000_000_000L;

    /** One drop in a millisecond is not a thousand a second. */
    private static final long SHORTEST_NANOS = SECOND / 20;

    private static final long ALWAYS_COOKIES = 2;

    private static final ReadFailure NO_COLUMN =
            new ReadFailure(Cause.NOT_SUPPORTED, "/proc/self/net/netstat: no ListenDrops or no SyncookiesSent");
    private static final ReadFailure FIRST_LOOK =
            new ReadFailure(Cause.NOTHING_TO_WATCH, "/proc/self/net/netstat: a rate needs a second look");
    private static final ReadFailure WENT_BACK =
            new ReadFailure(Cause.MALFORMED, "/proc/self/net/netstat: a counter went backwards");

    private final LastReading last = new LastReading(Signal.LISTEN_DROPS);
    private final ProcFile netstat;
    private final CounterTable counters;
    private final KernelValue syncookies;

    private Reading tooSoon = last.unavailable(FIRST_LOOK);
    private boolean based;
    private long baseNanos;
    private long baseDrops;
    private long baseCookies;

    /**
     * @param netstat others read it too, each under its lock
     * @param syncookies the setting {@code net.ipv4.tcp_syncookies}; unknown where the kernel has no cookies
     */
    ListenDropsProbe(ProcFile netstat, KernelValue syncookies) {
        this.netstat = netstat;
        this.counters = new CounterTable(
                netstat, "TcpExt:", KernelCounter.LISTEN_DROPS.kernelName(), KernelCounter.SYN_COOKIES.kernelName());
        this.syncookies = syncookies;
    }

    @Override
    public Signal signal() {
        return Signal.LISTEN_DROPS;
    }

    @Override
    public Reading read(long nowNanos) {
        synchronized (netstat) {
            if (!counters.read(nowNanos)) {
                based = false;
                ReadFailure why = netstat.trouble();
                return last.unavailable(why == null ? NO_COLUMN : why);
            }
        }
        long drops = counters.value(LISTEN_DROPS);
        long cookies = counters.value(COOKIES_SENT);
        if (drops < 0 || cookies < 0) {
            based = false;
            return last.unavailable(NO_COLUMN);
        }
        if (based && nowNanos - baseNanos >= 0 && nowNanos - baseNanos < SHORTEST_NANOS) {
            return tooSoon;
        }
        Reading reading = since(nowNanos, drops, cookies);
        tooSoon = reading;
        based = true;
        baseNanos = nowNanos;
        baseDrops = drops;
        baseCookies = cookies;
        return reading;
    }

    private Reading since(long nowNanos, long drops, long cookies) {
        long elapsed = nowNanos - baseNanos;
        if (!based || elapsed < 0) {
            return last.unavailable(FIRST_LOOK);
        }
        long dropped = drops - baseDrops;
        long answered = cookies - baseCookies;
        if (dropped < 0 || answered < 0) {
            return last.unavailable(WENT_BACK);
        }
        double events = dropped;
        if (syncookies.at(nowNanos) != ALWAYS_COOKIES) {
            events += answered;
        }
        // Rounded up: one drop in ten seconds is not none. (Math.ceil would load a class at the first sample.)
        double rate = events * SECOND / elapsed;
        long whole = (long) rate;
        return last.measured(whole < rate ? whole + 1 : whole, CLIENTS_NOTICE);
    }

    /** Nothing: the file belongs to {@link LinuxProbes}. */
    @Override
    public void close() {}
}
