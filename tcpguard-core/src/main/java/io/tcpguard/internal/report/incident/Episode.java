/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A time of trouble: from the first change away from calm to the one that ended it, or to the newest if it goes on.
 *
 * @param before the snapshot in force when it began
 * @param moments the changes in order, at least one
 * @param lost changes at its beginning that the recorder had no room for
 */
public record Episode(GuardSnapshot before, List<Moment> moments, long lost) {
    private static final long LONG_ELEVATED = TimeUnit.MINUTES.toNanos(1);

    /**
     * Refuses nonsense.
     *
     * @throws IllegalArgumentException if there is no moment
     */
    public Episode {
        moments = List.copyOf(moments);
        if (moments.isEmpty()) {
            throw new IllegalArgumentException("moments=[] (expected: at least one)");
        }
    }

    /**
     * One change.
     *
     * @param atNanos when, on the guard's clock
     * @param snapshot what was in force from then on
     * @param refused what was shed from the guard's start until then
     * @param ranks new connections until then while slots were scarce, by what their sources were known for
     * @param waited how many had been made to wait for a slot until then
     * @param kernel what the kernel had counted until then; what is not known is missing
     */
    public record Moment(
            long atNanos,
            GuardSnapshot snapshot,
            Map<RefusalKind, Long> refused,
            Map<RankKind, Long> ranks,
            long waited,
            Map<KernelCounter, Long> kernel) {

        /** Copies the maps. */
        public Moment {
            refused = Map.copyOf(refused);
            ranks = Map.copyOf(ranks);
            kernel = Map.copyOf(kernel);
        }
    }

    /**
     * What became of a new connection.
     *
     * @param rank what its source was known for
     * @param letIn whether it was admitted
     */
    public record RankKind(RefusalCounters.Rank rank, boolean letIn) {}

    /**
     * A kind of refusal.
     *
     * @param stage where in a connection's life
     * @param method how
     * @param reason why
     */
    public record RefusalKind(
            RefusalCounters.Stage stage, RefusalCounters.Method method, RefusalCounters.Reason reason) {}

    /** Whether some of it was only a rehearsal. */
    public boolean rehearsal() {
        return moments.stream().anyMatch(m -> m.snapshot().rehearsal());
    }

    /** True if calm has returned. */
    public boolean over() {
        return calm(last().snapshot());
    }

    /** Nanoseconds from its first change to its last. */
    public long lengthNanos() {
        return last().atNanos() - first().atNanos();
    }

    /** The same episode with what is in force and was counted now. */
    Episode upTo(Moment now) {
        List<Moment> longer = new ArrayList<>(moments);
        longer.add(now);
        return new Episode(before, longer, lost);
    }

    /**
     * Whether it is worth telling: somebody was refused or had to go, the admission threshold was reached or health
     * failed by no operator's word, or a limit was near for a minute. A start, a deploy, a moment at ELEVATED are none
     * of these.
     */
    public boolean serious() {
        return moments.stream()
                        .anyMatch(m -> m.snapshot().verdict().by() != DownBy.OPERATOR
                                && m.snapshot().level().atLeast(Level.SHED))
                || refusedInAll() > 0
                || nanosElevated() >= LONG_ELEVATED;
    }

    private long nanosElevated() {
        long nanos = 0;
        for (int i = 0; i + 1 < moments.size(); i++) {
            if (moments.get(i).snapshot().level() == Level.ELEVATED) {
                nanos += moments.get(i + 1).atNanos() - moments.get(i).atNanos();
            }
        }
        return nanos;
    }

    /** The worst first: by level, by how many were refused, by length. */
    public static Comparator<Episode> worstFirst() {
        return Comparator.comparing(Episode::peak)
                .thenComparing(Episode::refusedInAll)
                .thenComparing(Episode::lengthNanos)
                .reversed();
    }

    /** When it began, by the wall clock. */
    public Instant began(long nowNanos, Instant now) {
        return now.minusNanos(nowNanos - first().atNanos()).truncatedTo(ChronoUnit.MILLIS);
    }

    /** Its first change. */
    public Moment first() {
        return moments.get(0);
    }

    Moment last() {
        return moments.get(moments.size() - 1);
    }

    /** The highest level that was entered. */
    public Level peak() {
        return moments.stream()
                .map(m -> m.snapshot().level())
                .max(Level::compareTo)
                .orElseThrow();
    }

    /** Of the moments at the highest level, the one with the most descriptors in use. */
    public GuardSnapshot worst() {
        Level peak = peak();
        return moments.stream()
                .map(Moment::snapshot)
                .filter(s -> s.level() == peak)
                .max(Comparator.comparingLong(s -> s.capacity().used()))
                .orElseThrow();
    }

    /** The signal that led the highest level for the longest time until {@code endNanos}; null if none did. */
    public @Nullable Signal leading(long endNanos) {
        Level peak = peak();
        Map<Signal, Long> times = new EnumMap<>(Signal.class);
        for (int i = 0; i < moments.size(); i++) {
            Moment moment = moments.get(i);
            if (moment.snapshot().leading() != null && moment.snapshot().level() == peak) {
                long end = i + 1 < moments.size() ? moments.get(i + 1).atNanos() : endNanos;
                times.merge(moment.snapshot().leading(), end - moment.atNanos(), Long::sum);
            }
        }
        return times.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** What was refused and evicted during it, by kind, the most first. */
    public List<Map.Entry<RefusalKind, Long>> refused() {
        return grown(first().refused(), last().refused()).entrySet().stream()
                .sorted(Map.Entry.<RefusalKind, Long>comparingByValue()
                        .reversed()
                        .thenComparing(e -> e.getKey().toString()))
                .toList();
    }

    /** New connections during it while slots were scarce, by what their sources were known for. */
    public Map<RankKind, Long> ranks() {
        return grown(first().ranks(), last().ranks());
    }

    /** How many were refused and evicted during it. */
    public long refusedInAll() {
        return sum(last()) - sum(first());
    }

    private static long sum(Moment moment) {
        return moment.refused().values().stream().mapToLong(Long::longValue).sum();
    }

    /** New connections that had to wait for a slot during it. */
    public long waited() {
        return last().waited() - first().waited();
    }

    /** What the kernel counted during it. */
    public Map<KernelCounter, Long> kernel() {
        Map<KernelCounter, Long> counted = new EnumMap<>(KernelCounter.class);
        counted.putAll(grown(first().kernel(), last().kernel()));
        return counted;
    }

    private static <K> Map<K, Long> grown(Map<K, Long> first, Map<K, Long> last) {
        return last.entrySet().stream()
                .map(e -> Map.entry(e.getKey(), e.getValue() - first.getOrDefault(e.getKey(), 0L)))
                .filter(e -> e.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    static boolean calm(GuardSnapshot snapshot) {
        return snapshot.level() == Level.NORMAL && snapshot.verdict().up();
    }
}
