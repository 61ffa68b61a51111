package io.tcpguard.netty;

import io.netty.channel.EventLoop;
import io.tcpguard.spi.AdmissionControl;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One canary for each event loop that serves guarded connections, or accepts them. */
final class LoopWatch {
    /** Far more loops than processors: beyond it somebody makes loops without end, and watching them would be the leak. */
    private static final int MOST = 256;

    private final AdmissionControl policy;
    private final Map<EventLoop, AutoCloseable> watches = new ConcurrentHashMap<>();
    private int named;

    LoopWatch(AdmissionControl policy) {
        this.policy = policy;
    }

    /** Called for each connection; costs one lookup once the loop is known. */
    void seen(EventLoop loop) {
        if (!watches.containsKey(loop) && watches.size() < MOST) {
            add(loop);
        }
    }

    private synchronized void add(EventLoop loop) {
        if (loop.isShuttingDown() || watches.containsKey(loop)) {
            return;
        }
        forgetDead();
        watches.put(loop, watch(loop));
    }

    private AutoCloseable watch(EventLoop loop) {
        try {
            return policy.watchWork("netty-loop-" + ++named, loop);
        } catch (RuntimeException e) {
            // A guard that was closed watches nothing any more, and its server lives on.
            Says.LOG.debug("event loop is not watched", e);
            return () -> {};
        }
    }

    /** Loops come and go together, with their group; a dead one must not keep the place of a living one. */
    private void forgetDead() {
        watches.entrySet().removeIf(watch -> {
            boolean dead = watch.getKey().isShuttingDown();
            if (dead) {
                end(watch.getValue());
            }
            return dead;
        });
    }

    /** Ends all. Loops seen later are watched again. */
    synchronized void close() {
        List<AutoCloseable> ended = List.copyOf(watches.values());
        watches.clear();
        ended.forEach(LoopWatch::end);
    }

    private static void end(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception e) {
            Says.LOG.warn("ending the watch of an event loop", e);
        }
    }
}
