/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Signal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one signal may do: the table of all signals but DESCRIPTORS, whose levels need the admission threshold (see
 * {@link DescriptorJudge}). Thresholds are pressures, used by limit.
 *
 * @param elevated where ELEVATED begins; null: never
 * @param shed where SHED begins
 * @param drain where DRAIN begins
 * @param action what is done from SHED on, or at {@code acts} where that comes earlier
 * @param acts where an action begins that is no level; null: none
 * @param near what it means at ELEVATED, where nobody is refused; null: the same
 * @param sentence what it means, for a person
 */
record SignalRule(
        @Nullable Threshold elevated,
        @Nullable Threshold shed,
        @Nullable Threshold drain,
        Action action,
        @Nullable Threshold acts,
        @Nullable String near,
        String sentence) {

    /** What is done about a signal. */
    enum Action {
        REPORT("nothing: refusing clients would not relieve it"),
        CLOSE_BY_RESET("closes by the server are resets, which leave no TIME_WAIT, as far as `resetBudget` goes"),
        EVICT_OR_REFUSE("a new connection evicts an idle one, waits, or is refused"),
        LET_NOBODY_WAIT("nobody waits in that listener's queue any more; with a slot free a new connection is served"),
        REFUSE_ON_ITS_LISTENERS("new connections wait, and are refused, where all work of their listener is late; "
                + "requests where it is stalled");

        private final String words;

        Action(String words) {
            this.words = words;
        }

        /** For the reference. */
        String words() {
            return words;
        }
    }

    /** A latch's points, and how long each must last without a break. */
    record Threshold(double enter, double leave, long delayNanos, long dwellNanos) {
        Latch latch() {
            return new Latch(enter, leave, delayNanos, dwellNanos);
        }
    }

    /** A burst fills a short queue for an instant; what lasts so long is no burst. */
    private static final long UNINTERRUPTED = TimeUnit.MILLISECONDS.toNanos(500);

    /** Of its limit: TIME_WAIT takes minutes to go, so what is done about it begins long before. */
    private static final double TIME_WAIT_ACTS = 0.5;

    /** The rule of a signal. */
    static SignalRule of(Signal signal, GuardConfig config) {
        long dwell = config.nanos(Setting.DWELL);
        double elevatedAt = config.share(Setting.ELEVATED_AT);
        Threshold near = new Threshold(elevatedAt, Math.max(0, elevatedAt - 0.05), 0, dwell);
        return switch (signal) {
            case DESCRIPTORS ->
                new SignalRule(
                        null, null, null, Action.EVICT_OR_REFUSE, null, null, "the process's descriptors run out");
            case MEMORY ->
                new SignalRule(
                        null,
                        new Threshold(1, 0.95, 0, dwell),
                        null,
                        Action.EVICT_OR_REFUSE,
                        null,
                        null,
                        "memory runs out: no more connections than there are now, new ones evict idle ones, wait or are"
                                + " refused");
            case CONNECTIONS ->
                new SignalRule(
                        near,
                        new Threshold(1, 0.95, 0, dwell),
                        null,
                        Action.EVICT_OR_REFUSE,
                        null,
                        "nearly as many connections as may be",
                        "as many connections as may be: new connections evict idle ones, wait or are refused");
            case ACCEPT_QUEUE ->
                new SignalRule(
                        new Threshold(0.5, 0.25, UNINTERRUPTED, dwell),
                        new Threshold(0.9, 0.5, UNINTERRUPTED, UNINTERRUPTED),
                        null,
                        Action.LET_NOBODY_WAIT,
                        null,
                        "the accept queue fills: connections come faster than they are accepted",
                        "the accept queue stays full: connections come faster than they are accepted");
            case WORK_DELAY -> work(config, dwell);
            case SYSTEM_FILES ->
                new SignalRule(
                        near,
                        new Threshold(0.97, 0.92, 0, dwell),
                        null,
                        Action.EVICT_OR_REFUSE,
                        null,
                        "the machine's files come near their limit",
                        "the machine's files run out: new connections evict idle ones or are refused");
            case TIME_WAIT ->
                new SignalRule(
                        near,
                        null,
                        null,
                        Action.CLOSE_BY_RESET,
                        new Threshold(TIME_WAIT_ACTS, TIME_WAIT_ACTS - 0.05, 0, dwell),
                        null,
                        "sockets in TIME_WAIT come near their limit");
            case LISTEN_DROPS -> report(near, "the kernel drops connection attempts");
            case ORPHANS -> report(near, "sockets that no process holds come near their limit");
            case TCP_MEMORY -> report(near, "TCP's memory comes near its limit");
            case CONNTRACK -> report(near, "the table of tracked connections comes near its limit");
            case EPHEMERAL_PORTS -> report(near, "local ports for outgoing connections run out");
        };
    }

    private static SignalRule work(GuardConfig config, long dwell) {
        double stalled =
                Math.max(1, (double) config.nanos(Setting.STALLED_AFTER) / config.nanos(Setting.MAX_WORK_DELAY));
        // A proxy waits as its own time-outs say, and passes a refusal on to a client that would have been served.
        double late = config.flag(Setting.BEHIND_PROXY) ? stalled : 1;
        return new SignalRule(
                new Threshold(0.5, 0.25, UNINTERRUPTED, dwell),
                new Threshold(late, 0.5, UNINTERRUPTED, UNINTERRUPTED),
                new Threshold(stalled, 0.5, 0, dwell),
                Action.REFUSE_ON_ITS_LISTENERS,
                null,
                "work waits for a thread",
                "work waits too long for a thread");
    }

    private static SignalRule report(Threshold near, String sentence) {
        return new SignalRule(near, null, null, Action.REPORT, null, null, sentence);
    }

    /** The same where nobody asks the guard before a connection is accepted: it can only be said, once it is so. */
    SignalRule onlyReported(String sentenceInstead) {
        return new SignalRule(shed, null, null, Action.REPORT, null, null, sentenceInstead);
    }
}
