package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Warns of trouble that may come back with each connection: once a minute at most. Any thread. */
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
            log.warn(what, trouble);
        }
    }
}
