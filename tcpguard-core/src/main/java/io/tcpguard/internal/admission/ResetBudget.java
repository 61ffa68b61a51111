package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * The first refusals of each quarter of an hour are resets. In LVS direct routing the director never sees a server's RST, so
 * each leaves one entry that counts as active there for 15 minutes: a full server looks a little fuller than it is, and wlc
 * goes elsewhere. A few hundred do good; tens of thousands would starve this server for a quarter of an hour afterwards.
 */
final class ResetBudget {
    private static final long WINDOW = TimeUnit.MINUTES.toNanos(15);

    private long taken;
    private long windowStart;

    ResetBudget(long nowNanos) {
        this.windowStart = nowNanos;
    }

    /** @param size how many may be taken in this window, as of now */
    synchronized boolean take(long size, long nowNanos) {
        if (nowNanos - windowStart >= WINDOW) {
            windowStart = nowNanos;
            taken = 0;
        }
        if (taken >= size) {
            return false;
        }
        taken++;
        return true;
    }
}
