package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import java.util.concurrent.TimeUnit;

/**
 * Whether one guarded listener serves: it says so itself, and its accept queue agrees. A queue with connections in it and no accept
 * for too long is a dead acceptor, whatever its thread says.
 */
public final class ListenerWatch {
    /** So long a socket may take from its close to the word of its adapter. */
    private static final long CLOSING = TimeUnit.MILLISECONDS.toNanos(250);

    private final String name;
    private final Listening listening;
    private final Watch queue;
    private final long stalledAfter;
    private long lastAccepts = -1;
    private long lastProgress;
    private boolean stalled;
    private boolean refusing;
    private long refusingSince;
    private volatile boolean forgotten;
    private boolean hasServed;

    /**
     * @param queue the watch of its accept queue
     */
    public ListenerWatch(String name, Listening listening, Watch queue, GuardConfig config, long now) {
        this.name = name;
        this.listening = listening;
        this.queue = queue;
        this.stalledAfter = config.nanos(Setting.STALLED_AFTER);
        this.lastProgress = now;
    }

    /** The watch of its accept queue. */
    public Watch queue() {
        return queue;
    }

    /** Connections held that the guard was not asked about. */
    public int unasked() {
        return listening.unasked();
    }

    /** It is watched no more: from now on nothing is wrong with it. Any thread. */
    public void forget() {
        forgotten = true;
    }

    boolean serves(long now) {
        if (forgotten) {
            return true;
        }
        long soFar = listening.accepts();
        boolean waiting = queue.reading() instanceof Reading.Measured m && m.used() > 0;
        if (soFar != lastAccepts || !waiting || listening.full()) {
            lastAccepts = soFar;
            lastProgress = now;
        }
        stalled = now - lastProgress >= stalledAfter;
        boolean serves = !stalled && accepts(now);
        hasServed |= serves;
        return serves;
    }

    /**
     * One look is not enough for one that has served: a socket that is closed on purpose is seen to accept no more just before its adapter
     * can say that it is gone.
     */
    private boolean accepts(long now) {
        if (listening.accepting()) {
            refusing = false;
            return true;
        }
        if (!refusing) {
            refusing = true;
            refusingSince = now;
        }
        return hasServed && now - refusingSince < CLOSING;
    }

    DownCause whyNot() {
        if (!hasServed) {
            return new DownCause(DownCause.Kind.STARTING, "listener " + name + " does not accept yet");
        }
        return new DownCause(
                DownCause.Kind.NOT_SERVING,
                stalled
                        ? "listener " + name + " has connections waiting and has accepted none of them for too long"
                        : "listener " + name + " does not accept");
    }
}
