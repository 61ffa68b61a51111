/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.engine.Watch;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Trouble that is only played: for a while one signal reads as if it were under pressure, and all that follows is real.
 * Ends by its time, by an operator's word, and at once when there is real trouble. Begun and ended by any thread;
 * stepped by the sampler's.
 */
public final class Rehearsal {
    private static final GuardLog LOG = GuardLog.of("io.tcpguard.TcpGuard");

    /** Not a record: whoever compares two of them asks whether they are the same one. */
    private static final class Script {
        final Signal signal;
        final double pressure;
        final long endsAt;

        Script(Signal signal, double pressure, long endsAt) {
            this.signal = signal;
            this.pressure = pressure;
            this.endsAt = endsAt;
        }
    }

    private final double realTroubleAt;
    private volatile @Nullable Script script;
    /** Descriptors that nobody has, beside the real ones. */
    private volatile long descriptors;

    // The sampler's own, but that a listener's connections are read first by whoever registers it.
    private volatile @Nullable Script playing;
    private final Map<Object, Long> slots = new ConcurrentHashMap<>();
    /** Some signals are not read in each cycle: what they say then is what was played. */
    private final IdentityHashMap<Watch, Reading> played = new IdentityHashMap<>();

    private volatile boolean real;
    private boolean lingers;

    /** @param realTroubleAt the pressure at which the rehearsed signal is in real trouble */
    public Rehearsal(double realTroubleAt) {
        this.realTroubleAt = realTroubleAt;
    }

    /**
     * Refuses what can not be rehearsed.
     *
     * @throws IllegalArgumentException if it can't be played so, or for so long
     */
    public static void check(Signal signal, double pressure, Duration duration) {
        double most = signal == Signal.DESCRIPTORS || signal == Signal.CONNECTIONS ? 1 : 10;
        if (!(pressure > 0 && pressure <= most)) {
            throw new IllegalArgumentException(
                    "pressure=" + pressure + " (expected: above 0 to " + most + " for " + signal + ")");
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0 || duration.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("duration=" + duration + " (expected: PT1S to PT1H)");
        }
    }

    /**
     * Begins with the next sample.
     *
     * @throws IllegalStateException if there is real trouble, another rehearsal is on, or the signal can't be read here
     */
    public synchronized void begin(
            GuardSnapshot snapshot, boolean stale, Signal signal, double pressure, long nanos, long now) {
        if (script != null || snapshot.rehearsal()) {
            throw refused("another rehearsal is on or has not settled");
        }
        if (stale) {
            throw refused("no sample was taken lately");
        }
        if (snapshot.level() != Level.NORMAL || !snapshot.verdict().up()) {
            throw refused("there is real trouble: " + snapshot.level() + ", "
                    + (snapshot.verdict().up()
                            ? snapshot.reason()
                            : snapshot.verdict().reason()));
        }
        if (snapshot.signals().stream()
                .noneMatch(s -> s.reading().signal() == signal && s.reading() instanceof Reading.Measured)) {
            throw refused(signal + " can't be read here");
        }
        script = new Script(signal, pressure, now + nanos);
        LOG.warn(
                "tcpguard: a rehearsal begins: {} as if at {} % of its limit for {} s; all that is done about it is "
                        + "real",
                signal, String.format(Locale.ROOT, "%.0f", pressure * 100), nanos / 1_000_000_000L);
    }

    private static IllegalStateException refused(String why) {
        return new IllegalStateException("no rehearsal now: " + why);
    }

    /** Ends it, if one is on. */
    public void end() {
        end("an operator ended it");
    }

    /** The same, for that reason. */
    public synchronized void end(String why) {
        if (script != null) {
            script = null;
            descriptors = 0;
            LOG.warn("tcpguard: the rehearsal is over: {}", why);
        }
    }

    /** So many descriptors are open as far as decisions go. Any thread: one volatile read. */
    public long descriptors(long open) {
        return open < 0 ? open : open + descriptors;
    }

    /**
     * Connections that nobody has, where these are rehearsed. The sampler's thread.
     *
     * @param whose the limit that they are counted against
     */
    long connections(Object whose, long held, long most) {
        Script now = playing;
        if (now == null || now.signal != Signal.CONNECTIONS) {
            return 0;
        }
        if (held >= realTroubleAt * most) {
            real = true;
        }
        return slots.computeIfAbsent(whose, any -> Math.max(0, atPressure(now, most) - held));
    }

    /** Before the probes are read. */
    void beginCycle(long now) {
        Script next = script;
        if (next != null && now - next.endsAt >= 0) {
            end("its time is up");
            next = null;
        }
        if (next != playing) {
            playing = next;
            slots.clear();
            played.clear();
            lingers |= next != null;
        }
        real = false;
    }

    /** After the probes were read: what they said of the rehearsed signal is replaced. */
    @SuppressWarnings("ReferenceEquality") // the same numbers may have been read
    void play(List<Watch> watches) {
        Script now = playing;
        if (now == null || now.signal == Signal.CONNECTIONS) {
            return;
        }
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.signal() == now.signal
                    && watch.newest() instanceof Reading.Measured m
                    && m != played.get(watch)) {
                if (m.pressure() >= realTroubleAt) {
                    realTrouble(now.signal + " itself");
                    return;
                }
                Reading instead = new Reading.Measured(now.signal, used(now, m), m.limit());
                played.put(watch, instead);
                watch.read(instead);
            }
        }
    }

    /** What clients open and close moves descriptors; the others stay where they are put. */
    private long used(Script now, Reading.Measured m) {
        long wanted = atPressure(now, m.limit());
        if (now.signal != Signal.DESCRIPTORS) {
            return Math.max(m.used(), wanted);
        }
        synchronized (this) {
            if (script == now && descriptors == 0) {
                descriptors = Math.max(0, wanted - m.used());
            }
        }
        return Math.min(m.limit(), m.used() + descriptors);
    }

    private static long atPressure(Script script, long limit) {
        return (long) Math.ceil(script.pressure * limit);
    }

    /** Whether what is judged now is a rehearsal's, or what it left behind. */
    boolean marks() {
        return lingers;
    }

    /** After the cycle. */
    void endCycle(List<Watch> watches, GuardSnapshot snapshot) {
        Script now = playing;
        if (now == null) {
            lingers &= snapshot.level() != Level.NORMAL || !snapshot.verdict().up();
            return;
        }
        String trouble = real ? now.signal + " itself" : elsewhere(now, watches, snapshot);
        if (trouble != null) {
            realTrouble(trouble);
        }
    }

    private void realTrouble(String what) {
        end("real trouble, " + what);
        playing = null;
        lingers = false;
    }

    private static @Nullable String elsewhere(Script now, List<Watch> watches, GuardSnapshot snapshot) {
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.signal() != now.signal && watch.asks().atLeast(Level.SHED)) {
                return watch.signal().name();
            }
        }
        // A full queue that is only played looks as if nobody accepted.
        DownBy by = snapshot.verdict().by();
        boolean elsewhere = by == DownBy.OPERATOR || (by == DownBy.LISTENER && now.signal != Signal.ACCEPT_QUEUE);
        return elsewhere ? snapshot.verdict().reason() : null;
    }
}
