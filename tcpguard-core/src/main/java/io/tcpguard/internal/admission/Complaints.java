package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Warns of trouble that may come back with each connection: once a minute at most. Never throws. Any thread. */
final class Complaints {
    private static final long APART = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private volatile boolean complained;
    private volatile long last;

    Complaints(Logger log) {
        this.log = log;
    }

    void say(String what, Throwable trouble, long now) {
        if (!complained || now - last >= APART) {
            last = now;
            complained = true;
            try {
                log.warn(what, trouble);
            } catch (RuntimeException | Error unloggable) {
                // Out of descriptors or memory, even logging can fail: said the next time.
                complained = false;
            }
        }
    }
}
