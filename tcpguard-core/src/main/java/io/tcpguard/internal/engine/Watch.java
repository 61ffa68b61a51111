package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One signal of one source: its last reading and the level that it alone asks for. How far a signal may go is a table here, for
 * every signal but DESCRIPTORS, whose levels need the refusal point (see {@link DescriptorJudge}).
 */
public final class Watch {
    private static final long UNINTERRUPTED = TimeUnit.MILLISECONDS.toNanos(500);

    private final Signal signal;
    private final String source;
    private final @Nullable Latch trim;
    private final @Nullable Latch shed;
    private final @Nullable Latch drain;
    private Reading reading;
    private Level level = Level.NORMAL;
    private SignalState state;

    /** @param source which one, where there can be several; else empty */
    public Watch(Signal signal, String source, GuardConfig config) {
        this.signal = signal;
        this.source = source;
        reading = new Reading.Unavailable(signal, Cause.NOTHING_TO_WATCH, "not read yet");
        state = new SignalState(source, reading, level);
        long dwell = config.nanos(Setting.DWELL);
        double trimAt = config.share(Setting.TRIM_AT);
        Latch nearTheLimit = new Latch(trimAt, Math.max(0, trimAt - 0.05), 0, dwell);
        switch (signal) {
            case DESCRIPTORS -> {
                trim = null;
                shed = null;
                drain = null;
            }
            case ACCEPT_QUEUE -> {
                // A burst fills a short queue for an instant; only a queue that stays full says that accepting is too
                // slow.
                trim = new Latch(0.5, 0.25, UNINTERRUPTED, dwell);
                shed = new Latch(0.9, 0.5, UNINTERRUPTED, UNINTERRUPTED);
                drain = null;
            }
            case WORK_DELAY -> {
                double stalled = (double) config.nanos(Setting.STALLED_AFTER) / config.nanos(Setting.MAX_WORK_DELAY);
                trim = new Latch(0.5, 0.25, UNINTERRUPTED, dwell);
                shed = new Latch(1, 0.5, UNINTERRUPTED, UNINTERRUPTED);
                drain = new Latch(Math.max(1, stalled), 0.5, 0, dwell);
            }
            case SYSTEM_FILES -> {
                trim = nearTheLimit;
                shed = new Latch(0.97, 0.92, 0, dwell);
                drain = null;
            }
            // These change how the guard closes and what it reports; refusing clients would not relieve them.
            case TIME_WAIT, LISTEN_DROPS, ORPHANS, TCP_MEMORY, CONNTRACK, EPHEMERAL_PORTS -> {
                trim = nearTheLimit;
                shed = null;
                drain = null;
            }
            default -> throw new AssertionError(signal);
        }
    }

    /** The signal. */
    public Signal signal() {
        return signal;
    }

    /** The newest reading, from the cycle. */
    public void read(Reading newest) {
        reading = newest;
    }

    Reading reading() {
        return reading;
    }

    /** Steps the latches on the last reading. Unknown holds no level up: the guard stays out of the way. */
    void step(long now) {
        double pressure = reading.pressure();
        boolean trimming = trim != null && trim.step(pressure, now);
        boolean shedding = shed != null && shed.step(pressure, now);
        boolean draining = drain != null && drain.step(pressure, now);
        level(draining ? Level.DRAIN : shedding ? Level.SHED : trimming ? Level.TRIM : Level.NORMAL);
    }

    void level(Level newest) {
        level = newest;
    }

    Level level() {
        return level;
    }

    String source() {
        return source;
    }

    /** The same object as last time if nothing changed. */
    @SuppressWarnings("ReferenceEquality") // probes answer the same object while nothing changes
    SignalState state() {
        if (state.reading() != reading || state.level() != level) {
            state = new SignalState(source, reading, level);
        }
        return state;
    }
}
