/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One signal of one source: its last reading and the level that it alone asks for, by its {@link SignalRule}. */
public final class Watch {
    /** With nothing back for so long, a director that reads weights is to send elsewhere, long before health fails. */
    static final long HANGS_AFTER = TimeUnit.SECONDS.toNanos(2);

    private final Signal signal;
    private final String source;
    private final SignalRule rule;
    private final @Nullable Latch elevated;
    private final @Nullable Latch shed;
    private final @Nullable Latch drain;
    private final @Nullable Latch acts;
    private final double enter;
    private final long stalledAfter;
    private final LongSupplier completed;
    private Reading reading;
    private Level level = Level.NORMAL;
    private SignalState state;
    private long worst;
    private long completedSoFar;
    private long completedAt;
    private boolean proceeds;
    private boolean stuck;
    private boolean hangs;
    private final AtomicInteger listeners = new AtomicInteger();
    private volatile boolean stalled;

    /** @param source which one, where there can be several; else empty */
    public Watch(Signal signal, String source, GuardConfig config) {
        this(signal, source, () -> 0, config);
    }

    /** @param completed how much work has come back so far; the same again and again while none does */
    public Watch(Signal signal, String source, LongSupplier completed, GuardConfig config) {
        this(signal, source, completed, SignalRule.of(signal, config), config);
    }

    /** Connections of a listener that accepts without asking the guard. */
    public static Watch ofUnasked(String source, GuardConfig config) {
        SignalRule rule = SignalRule.of(Signal.CONNECTIONS, config)
                .onlyReported("as many connections as its server allows: new connections wait, and none is evicted");
        return new Watch(Signal.CONNECTIONS, source, () -> 0, rule, config);
    }

    private Watch(Signal signal, String source, LongSupplier completed, SignalRule rule, GuardConfig config) {
        this.signal = signal;
        this.source = source;
        this.completed = completed;
        stalledAfter = config.nanos(Setting.STALLED_AFTER);
        reading = new Reading.Unavailable(signal, Cause.NOTHING_TO_WATCH, "not read yet");
        state = new SignalState(source, reading, level);
        this.rule = rule;
        elevated = latch(rule.elevated());
        shed = latch(rule.shed());
        drain = latch(rule.drain());
        acts = latch(rule.acts());
        enter = rule.elevated() == null ? 1 : rule.elevated().enter();
    }

    private static @Nullable Latch latch(SignalRule.@Nullable Threshold threshold) {
        return threshold == null ? null : threshold.latch();
    }

    /** The signal. */
    public Signal signal() {
        return signal;
    }

    /** The newest reading, from the cycle. */
    public void read(Reading newest) {
        reading = newest;
    }

    /**
     * Whether requests that this executor works on have waited so long that they matter to nobody. Any thread: one
     * volatile read.
     */
    public boolean stalled() {
        return stalled;
    }

    /** This executor works for one listener more. */
    void joined() {
        listeners.incrementAndGet();
    }

    /** And for one less. */
    void left() {
        listeners.decrementAndGet();
    }

    /** Whether it works for listeners that are known; else it is the whole process's. */
    boolean ofListeners() {
        return listeners.get() > 0;
    }

    Reading reading() {
        return reading;
    }

    /** What was read last. */
    public Reading newest() {
        return reading;
    }

    /** The level that it alone asks for, by the last cycle. */
    public Level asks() {
        return level;
    }

    /** Steps the latches on the last reading. Unknown holds no level up: the guard stays out of the way. */
    void step(long now) {
        double pressure = reading.pressure();
        boolean elevates = step(elevated, pressure, now);
        boolean shedding = step(shed, pressure, now);
        boolean draining = step(drain, pressure, now);
        step(acts, pressure, now);
        level(draining ? Level.DRAIN : shedding ? Level.SHED : elevates ? Level.ELEVATED : Level.NORMAL);
        long soFar = completed.getAsLong();
        boolean comesBack = soFar != completedSoFar;
        completedSoFar = soFar;
        if (comesBack) {
            completedAt = now;
        }
        proceeds = draining && (comesBack || (proceeds && now - completedAt < stalledAfter));
        stuck = draining && !proceeds;
        hangs = shedding && now - completedAt >= HANGS_AFTER;
    }

    private static boolean step(@Nullable Latch latch, double pressure, long now) {
        return latch != null && latch.step(pressure, now);
    }

    /** Of work: whether it is late enough for new connections to be refused. */
    boolean late() {
        return shed != null && shed.raised();
    }

    /**
     * Of work: whether it is late and none has come back for a while: it hangs. An overloaded server is late, too, but
     * goes on.
     */
    boolean hangs() {
        return hangs;
    }

    /** Of work: whether nothing of it has come back for as long as fails health. */
    boolean stuck() {
        return stuck;
    }

    /** Whether what its rule does below a level's threshold is due. */
    boolean acts() {
        return acts != null && acts.raised();
    }

    /** Tells those who ask for each request. */
    void publish(boolean requestsStalled) {
        if (stalled != requestsStalled) {
            stalled = requestsStalled;
        }
    }

    void level(Level newest) {
        if (level == Level.NORMAL || pressureOf(reading) > worst) {
            worst = pressureOf(reading);
        }
        level = newest;
    }

    Level level() {
        return level;
    }

    String source() {
        return source;
    }

    /**
     * What it says now, with its newest figures: {@code is at 101 of 100}; what it was at, where a level outlasts its
     * cause.
     */
    String sentence() {
        String what = source.isEmpty() ? signal.name() : signal + " of " + source;
        if (!(reading instanceof Reading.Measured m)) {
            return what + ": " + rule.sentence();
        }
        String of = " of " + m.limit() + " " + signal.unit();
        return m.pressure() < enter && worst > m.used()
                ? what + " was at " + worst + of + " and is at " + m.used() + " now"
                : what + " is at " + m.used() + of + ": "
                        + (rule.near() != null && level == Level.ELEVATED ? rule.near() : rule.sentence());
    }

    private static long pressureOf(Reading reading) {
        return reading instanceof Reading.Measured m ? m.used() : 0;
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
