/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.NioEndpoint.Poller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a poller another thread when an Error has ended its own. Nothing of a poller is bound to a thread: its selector, its queue and its
 * counters are as the dead one left them, and it begins each round anew; only the one connection that the dead one had in hand may be lost
 * until it gives way. Once a minute at most: what dies again and again is to be seen as
 * dead. Called by one thread at a time.
 */
final class PollerRestart {
    private static final Logger log = LoggerFactory.getLogger(PollerRestart.class);
    private static final long EVERY = TimeUnit.MINUTES.toNanos(1);
    private static final long FAILED_EVERY = TimeUnit.SECONDS.toNanos(1);

    private boolean restarted;
    private long next;

    /**
     * @param dead no thread runs it
     * @param priority of Tomcat's threads; negative if it does not make them
     */
    @SuppressWarnings("ThreadPriorityCheck") // the one that its predecessor had, by the connector's own setting
    void restart(Poller dead, String name, int priority, long now) {
        if (restarted && now - next < 0) {
            return;
        }
        restarted = true;
        next = now + FAILED_EVERY;
        try {
            // What it had found and not begun with is found again.
            dead.getSelector().selectedKeys().clear();
            Thread thread = new Thread(dead, name);
            thread.setDaemon(true);
            if (priority > 0) {
                thread.setPriority(priority);
            }
            thread.setContextClassLoader(PollerRestart.class.getClassLoader());
            thread.start();
            next = now + EVERY;
            log.warn(
                    "{}: an Error has ended the thread that watches this connector's connections; another was started",
                    name);
        } catch (RuntimeException | Error e) {
            log.debug("{} was not started", name, e);
            // No thread can be had, or memory has run out. The next look tries again, and health is down meanwhile.
        }
    }
}
