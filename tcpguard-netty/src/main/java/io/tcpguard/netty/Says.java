package io.tcpguard.netty;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of this module, and a limit for lines that trouble repeats. Not thread-safe: one for each event loop's object. */
final class Says {
    static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.netty");
    private static final long SECOND = 1_000_000_000L;

    private long lastNanos;
    private long unsaid;
    private boolean said;

    /** At most one line a second, with the number of those since the last. Never throws: a cold logger at EMFILE does. */
    void warn(String what, Throwable cause, long nowNanos) {
        unsaid++;
        if (said && nowNanos - lastNanos < SECOND) {
            return;
        }
        said = true;
        lastNanos = nowNanos;
        long times = unsaid;
        unsaid = 0;
        try {
            LOG.warn("{} ({} since the last line): {}", what, times, cause.toString());
        } catch (RuntimeException | LinkageError | InternalError cannotLog) {
            // Nothing can be said with no descriptor left and a cold logger; the event loop must live on. Say it next
            // time.
            unsaid += times;
            said = false;
        }
    }
}
