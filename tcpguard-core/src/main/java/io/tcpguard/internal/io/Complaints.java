package io.tcpguard.internal.io;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what went wrong, the first time at once, then once a minute with the number of times. Never throws. One thread. */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);
    private static final long QUIET = TimeUnit.MINUTES.toNanos(1);

    private final String what;
    private boolean said;
    private long saidAt;
    private long since;

    Complaints(String what) {
        this.what = what;
    }

    void add(Throwable cause, long now) {
        since++;
        if (said && now - saidAt < QUIET) {
            return;
        }
        try {
            LOG.warn("{} ({} times since it was last said); going on", what, since, cause);
        } catch (RuntimeException | Error unloggable) {
            // Out of descriptors or memory, even logging can fail: the count goes on, and is said next time.
            return;
        }
        said = true;
        saidAt = now;
        since = 0;
    }
}
