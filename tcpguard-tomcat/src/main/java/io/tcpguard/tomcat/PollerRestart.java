/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardLog;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.NioEndpoint.Poller;

/**
 * Another thread for a poller whose own was ended by an Error. Nothing of a poller is bound to a thread: its
 * selector, its queue and its counters are as the dead one left them, and it begins each round anew; what the dead one
 * had in hand it is asked to wait for again. Once a minute at most: what dies again and again is to be seen as dead.
 * Called by one thread at a time.
 */
final class PollerRestart {
    private static final GuardLog log = GuardLog.of(PollerRestart.class);
    private static final long EVERY = TimeUnit.MINUTES.toNanos(1);
    private static final long FAILED_EVERY = TimeUnit.SECONDS.toNanos(1);

    private boolean restarted;
    private long next;

    /**
     * @param dead no thread runs it
     */
    @SuppressWarnings("ThreadPriorityCheck") // the one that its predecessor had, by the connector's own setting
    void restart(Poller dead, GuardedNioEndpoint endpoint, long now) {
        if (restarted && now - next < 0) {
            return;
        }
        restarted = true;
        next = now + FAILED_EVERY;
        String name = endpoint.getName() + "-Poller";
        try {
            // What it had found and not begun with is found again.
            dead.getSelector().selectedKeys().clear();
            askAgain(dead, endpoint);
            Thread thread = new Thread(dead, name);
            thread.setDaemon(true);
            if (endpoint.getThreadPriority() > 0) {
                thread.setPriority(endpoint.getThreadPriority());
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

    /**
     * For those that nobody waits for: not registered, or their interest was taken away and no worker got them. One
     * that a worker has comes back by itself; one that is in the queue is registered twice, which changes nothing.
     */
    private static void askAgain(Poller dead, GuardedNioEndpoint endpoint) {
        for (GuardedConnection connection : endpoint.registry().all()) {
            NioSocketWrapper wrapper = endpoint.wrapperOf(connection);
            if (wrapper == null || wrapper.isClosed() || connection.workerInside() || connection.atWork()) {
                continue;
            }
            SelectionKey key = connection.channel().keyFor(dead.getSelector());
            if (key == null) {
                dead.register(wrapper);
            } else if (key.isValid() && key.interestOps() == 0) {
                dead.add(wrapper, SelectionKey.OP_READ);
            }
        }
    }
}
