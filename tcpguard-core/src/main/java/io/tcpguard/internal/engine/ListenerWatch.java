package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;

/**
 * Whether one guarded listener serves: it says so itself, and its accept queue agrees. A queue with connections in it and no accept
 * for too long is a dead acceptor, whatever its thread says.
 */
public final class ListenerWatch {
    private final String name;
    private final Listening listening;
    private final Watch queue;
    private final long stalledAfter;
    private long lastAccepts = -1;
    private long lastProgress;
    private boolean stalled;
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

    boolean serves(long now) {
        long soFar = listening.accepts();
        boolean waiting = queue.reading() instanceof Reading.Measured m && m.used() > 0;
        if (soFar != lastAccepts || !waiting || listening.full()) {
            lastAccepts = soFar;
            lastProgress = now;
        }
        stalled = now - lastProgress >= stalledAfter;
        boolean serves = !stalled && listening.accepting();
        hasServed |= serves;
        return serves;
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
