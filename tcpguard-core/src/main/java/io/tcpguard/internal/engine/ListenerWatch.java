package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether one guarded listener serves: it says so itself, and its accept queue agrees. A queue with connections in it and no accept
 * for too long is a dead acceptor, whatever its thread says.
 */
public final class ListenerWatch {
    private final String name;
    private final BooleanSupplier accepting;
    private final LongSupplier accepts;
    private final Watch queue;
    private final long stalledAfter;
    private long lastAccepts = -1;
    private long lastProgress;
    private boolean stalled;
    private boolean hasServed;

    /**
     * @param accepting what the adapter says
     * @param accepts changes with each connection accepted, and all the time while none needs to be
     * @param queue the watch of its accept queue
     */
    public ListenerWatch(
            String name, BooleanSupplier accepting, LongSupplier accepts, Watch queue, GuardConfig config, long now) {
        this.name = name;
        this.accepting = accepting;
        this.accepts = accepts;
        this.queue = queue;
        this.stalledAfter = config.nanos(Setting.STALLED_AFTER);
        this.lastProgress = now;
    }

    /** The watch of its accept queue. */
    public Watch queue() {
        return queue;
    }

    boolean serves(long now) {
        long soFar = accepts.getAsLong();
        boolean waiting = queue.reading() instanceof Reading.Measured m && m.used() > 0;
        if (soFar != lastAccepts || !waiting) {
            lastAccepts = soFar;
            lastProgress = now;
        }
        stalled = now - lastProgress >= stalledAfter;
        boolean serves = !stalled && accepting.getAsBoolean();
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
