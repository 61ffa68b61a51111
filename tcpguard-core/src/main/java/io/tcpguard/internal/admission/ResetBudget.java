package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * The first refusals of each quarter of an hour are resets. In LVS direct routing the director never sees a server's RST, so
 * each leaves one entry that counts as active there for 15 minutes: a full server looks a little fuller than it is, and wlc
 * goes elsewhere. A few hundred do good; tens of thousands would starve this server for a quarter of an hour afterwards.
 */
final class ResetBudget {
    private static final long WINDOW = TimeUnit.MINUTES.toNanos(15);

    private final int size;
    private int left;
    private long windowStart;

    ResetBudget(int size, long nowNanos) {
        this.size = size;
        this.left = size;
        this.windowStart = nowNanos;
    }

    synchronized boolean take(long nowNanos) {
        if (nowNanos - windowStart >= WINDOW) {
            windowStart = nowNanos;
            left = size;
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
