/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.internal.meters.MeterFamily.Kind;
import io.tcpguard.internal.meters.MeterFamily.OfListener;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.Level;
import io.tcpguard.state.Limit;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Rank;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.state.Trend;
import io.tcpguard.state.WaitHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** All meters, in the order of their names: Micrometer's binder, the text for Prometheus and the reference are made of them. */
public final class MeterTable {
    /** Micrometer's words for units. */
    static final String CONNECTIONS = "connections";

    static final String SECONDS = "seconds";

    /** Listeners that are told of one by one. A server has a handful; a mistake must not make the answer grow without bound. */
    public static final int MOST_LISTENERS = 64;

    private static final String NO_UNIT = "";
    private static final String LISTENER = "listener";

    /** In the order of their names. */
    public static final List<MeterFamily> ALL = all();

    private MeterTable() {}

    private static List<MeterFamily> all() {
        List<MeterFamily> all = new ArrayList<>();
        judgements(all);
        descriptors(all);
        connections(all);
        refusals(all);
        guard(all);
        all.sort(Comparator.comparing(MeterFamily::name));
        return List.copyOf(all);
    }

    private static void judgements(List<MeterFamily> all) {
        gauge(
                all,
                "tcpguard.level",
                NO_UNIT,
                "level as a number: 0 normal, 1 elevated, 2 shed, 3 drain",
                "",
                s -> s.snapshot().level().ordinal());
        tagged(
                all,
                "tcpguard.status",
                NO_UNIT,
                "1 for the level in force, 0 for the others",
                "",
                "state",
                Level.values(),
                (s, level) -> one(s.snapshot().level() == level));
        counter(all, "tcpguard.level.transitions", NO_UNIT, "changes of level", s -> s.status()
                .levelChanges());
        tagged(
                all,
                "tcpguard.health",
                NO_UNIT,
                "1 for what load balancers are told, 0 for the other",
                "",
                "state",
                Health.values(),
                (s, health) -> one(s.status().told().up() == (health == Health.UP)));
        counter(all, "tcpguard.health.transitions", NO_UNIT, "changes of health between up and down", s -> s.status()
                .healthChanges());
        gauge(all, "tcpguard.weight", NO_UNIT, "weight told to the load balancer, 0 when down", "", s -> s.status()
                .told()
                .weight());
        gauge(
                all,
                "tcpguard.draining",
                NO_UNIT,
                "1 while an operator drains",
                "",
                s -> one(s.status().drainReason().isPresent()));
        gauge(
                all,
                "tcpguard.rehearsing",
                NO_UNIT,
                "1 while level and verdict are those of a rehearsal",
                "",
                s -> one(s.snapshot().rehearsal()));
        List<Series> pressures = new ArrayList<>();
        for (Signal signal : Signal.values()) {
            pressures.add(series(List.of(tag(signal.scope()), tag(signal)), s -> pressure(s, signal)));
        }
        all.add(new MeterFamily(
                "tcpguard.pressure",
                Kind.GAUGE,
                NO_UNIT,
                "used share of a signal's limit; the highest, where there are several sources",
                "",
                List.of("scope", "signal"),
                pressures,
                null));
    }

    private static void descriptors(List<MeterFamily> all) {
        tagged(
                all,
                "tcpguard.descriptors",
                NO_UNIT,
                "open descriptors: own connections, what comes and goes with them (an estimate), and everything else",
                "process.unix.file_descriptor.count",
                "state",
                Holder.values(),
                (s, holder) -> holder.of(s.snapshot().capacity()));
        gauge(
                all,
                "tcpguard.descriptors.limit",
                NO_UNIT,
                "soft limit in force",
                "jvm.file_descriptor.limit",
                s -> known(s.snapshot().capacity(), Capacity::limit));
        gauge(
                all,
                "tcpguard.descriptors.threshold",
                NO_UNIT,
                "admission threshold: above it a new connection replaces another or is refused",
                "",
                s -> known(s.snapshot().capacity(), Capacity::refusalPoint));
        tagged(
                all,
                "tcpguard.descriptors.left",
                SECONDS,
                "time until none is left at the present pace, by what grows: connections (flood) or something else (leak); infinite"
                        + " when that does not grow",
                "",
                "trend",
                Growing.values(),
                MeterTable::secondsLeft);
        gauge(
                all,
                "tcpguard.usable",
                NO_UNIT,
                "share of the descriptor limit that is usable for clients",
                "",
                s -> s.snapshot().capacity().usableShare());
    }

    private static void connections(List<MeterFamily> all) {
        gauge(
                all,
                "tcpguard.connections",
                CONNECTIONS,
                "connections of guarded listeners",
                "system.network.connection.count",
                s -> s.snapshot().capacity().own());
        tagged(
                all,
                "tcpguard.slots",
                CONNECTIONS,
                "connections that each limit allows; not known where it bounds none",
                "",
                "limit",
                Limit.values(),
                (s, limit) -> slots(s.snapshot().capacity().places(limit)));
        tagged(
                all,
                "tcpguard.slots.binding",
                NO_UNIT,
                "1 for the limit that binds: the one that allows fewest connections",
                "",
                "limit",
                Limit.values(),
                (s, limit) -> one(binds(s.snapshot().capacity(), limit)));
        gauge(
                all,
                "tcpguard.queue.length",
                CONNECTIONS,
                "connections in the accept queues of guarded listeners; in SHED they wait for a slot",
                "",
                MeterTable::queued);
        gauge(
                all,
                "tcpguard.queue.wait",
                SECONDS,
                "longest time that new connections wait for a slot; shrinks where clients give up earlier",
                "",
                s -> seconds(s.status().queueWait()));
        gauge(
                all,
                "tcpguard.idle.floor",
                SECONDS,
                "minimum idle time: no connection idle for less is evicted",
                "",
                s -> seconds(s.status().idleFloor()));
        gauge(all, "tcpguard.listeners", NO_UNIT, "guarded listeners", "", s -> s.status()
                .listeners()
                .size());
        listener(
                all,
                "tcpguard.listener.connections",
                CONNECTIONS,
                "open connections of a listener",
                ListenerStatus::connections);
        listener(
                all,
                "tcpguard.listener.queue.length",
                CONNECTIONS,
                "connections in a listener's accept queue",
                l -> number(l.queued()));
        listener(
                all,
                "tcpguard.listener.queue.limit",
                CONNECTIONS,
                "connections that a listener's accept queue takes",
                l -> number(l.backlog()));
        listener(
                all,
                "tcpguard.listener.work.delay",
                SECONDS,
                "age of the work that waits longest for a thread of a listener's executors",
                l -> l.workDelay().map(MeterTable::seconds).orElse(Double.NaN));
        all.add(new MeterFamily(
                "tcpguard.listener.wait",
                Kind.TIMER,
                SECONDS,
                "time for which connections waited for a slot, in the accept queue and in hand, whether they got one or not",
                "",
                List.of(LISTENER),
                List.of(),
                name -> new Series(
                        List.of(name), of(name, l -> seconds(l.waited())), of(name, ListenerStatus::waits))));
    }

    private static void refusals(List<MeterFamily> all) {
        List<Series> kinds = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            for (Method method : Method.values()) {
                for (Reason reason : Reason.values()) {
                    kinds.add(series(List.of(tag(method), tag(reason), tag(stage)), s -> s.shed()
                            .of(stage, method, reason)));
                }
            }
        }
        all.add(new MeterFamily(
                "tcpguard.shed",
                Kind.COUNTER,
                NO_UNIT,
                "refused connections and requests, evicted idle connections",
                "",
                List.of("method", "reason", "stage"),
                kinds,
                null));
        all.add(ranks());
        counter(all, "tcpguard.waited", CONNECTIONS, "connections that had to wait for a slot", s -> s.status()
                .waited());
        all.add(waits());
        counter(
                all,
                "tcpguard.connects.without.port",
                NO_UNIT,
                "outgoing connects that found no local port, as far as the application reports them",
                s -> s.status().connectsWithoutPort());
    }

    /** A histogram, as a counter for each bound: Micrometer takes no buckets that somebody else fills. */
    private static MeterFamily waits() {
        List<Series> within = new ArrayList<>();
        for (int i = 0; i <= WaitHistogram.BOUNDS.size(); i++) {
            int bound = i;
            String seconds = i < WaitHistogram.BOUNDS.size()
                    ? WaitHistogram.BOUNDS.get(i).toString()
                    : "+Inf";
            within.add(series(List.of(seconds), s -> s.status().waits().within().get(bound)));
        }
        return new MeterFamily(
                "tcpguard.wait.within",
                Kind.COUNTER,
                CONNECTIONS,
                "connections that waited for a slot for no longer than so many seconds, and wait no more",
                "",
                List.of("within"),
                within,
                null);
    }

    private static MeterFamily ranks() {
        List<Series> kinds = new ArrayList<>();
        for (Decision decision : Decision.values()) {
            for (Rank rank : Rank.values()) {
                kinds.add(series(
                        List.of(tag(decision), tag(rank)), s -> s.shed().of(rank, decision == Decision.ADMITTED)));
            }
        }
        return new MeterFamily(
                "tcpguard.sources",
                Kind.COUNTER,
                CONNECTIONS,
                "new connections while slots were scarce, by what their source is known for",
                "",
                List.of("decision", "rank"),
                kinds,
                null);
    }

    private static void guard(List<MeterFamily> all) {
        gauge(
                all,
                "tcpguard.sample.age",
                SECONDS,
                "age of the newest sample; grows when the sampler is late",
                "",
                s -> seconds(s.status().sampleAge()));
        gauge(
                all,
                "tcpguard.checkers",
                NO_UNIT,
                "load balancers and others that ask for the verdict regularly, and did so within five minutes",
                "",
                s -> s.status().checkers().regular());
        gauge(
                all,
                "tcpguard.check.age",
                SECONDS,
                "time since anybody asked for the verdict; not known if nobody has",
                "",
                s -> s.status().checkers().sinceLast().map(MeterTable::seconds).orElse(Double.NaN));
    }

    private enum Decision {
        ADMITTED,
        REFUSED
    }

    private enum Health {
        UP,
        DOWN
    }

    private enum Holder {
        OWN(Capacity::own),
        BROUGHT(Capacity::brought),
        OTHER(Capacity::other);

        @SuppressWarnings("ImmutableEnumChecker") // a method reference without state
        private final Function<Capacity, Long> count;

        Holder(Function<Capacity, Long> count) {
            this.count = count;
        }

        double of(Capacity capacity) {
            return known(capacity, count);
        }
    }

    private enum Growing {
        FLOOD,
        LEAK
    }

    @FunctionalInterface
    private interface Tagged<E> {
        double value(MeterSource source, E tag);
    }

    private static <E extends Enum<E>> void tagged(
            List<MeterFamily> all,
            String name,
            String unit,
            String help,
            String otel,
            String tag,
            E[] values,
            Tagged<E> value) {
        List<Series> series = new ArrayList<>();
        for (E each : values) {
            series.add(series(List.of(tag(each)), s -> value.value(s, each)));
        }
        all.add(new MeterFamily(name, Kind.GAUGE, unit, help, otel, List.of(tag), series, null));
    }

    private static void gauge(
            List<MeterFamily> all,
            String name,
            String unit,
            String help,
            String otel,
            ToDoubleFunction<MeterSource> value) {
        all.add(new MeterFamily(
                name, Kind.GAUGE, unit, help, otel, List.of(), List.of(series(List.of(), value)), null));
    }

    private static void counter(
            List<MeterFamily> all, String name, String unit, String help, ToDoubleFunction<MeterSource> value) {
        all.add(new MeterFamily(
                name, Kind.COUNTER, unit, help, "", List.of(), List.of(series(List.of(), value)), null));
    }

    private static void listener(
            List<MeterFamily> all, String name, String unit, String help, ToDoubleFunction<ListenerStatus> value) {
        OfListener each = listener -> series(List.of(listener), of(listener, value));
        all.add(new MeterFamily(name, Kind.GAUGE, unit, help, "", List.of(LISTENER), List.of(), each));
    }

    private static Series series(List<String> values, ToDoubleFunction<MeterSource> value) {
        return new Series(values, value, s -> Double.NaN);
    }

    /** Of two of one name, while a listener starts again, the newer one. */
    private static ToDoubleFunction<MeterSource> of(String name, ToDoubleFunction<ListenerStatus> value) {
        return source -> {
            double found = Double.NaN;
            for (ListenerStatus listener : source.status().listeners()) {
                found = listener.name().equals(name) ? value.applyAsDouble(listener) : found;
            }
            return found;
        };
    }

    private static double pressure(MeterSource source, Signal signal) {
        double highest = Double.NaN;
        for (var state : source.snapshot().signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == signal) {
                highest = Double.isNaN(highest) ? m.pressure() : Math.max(highest, m.pressure());
            }
        }
        return highest;
    }

    /** NaN if it is not known of any. */
    private static double queued(MeterSource source) {
        double sum = Double.NaN;
        for (var state : source.snapshot().signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == Signal.ACCEPT_QUEUE) {
                sum = Double.isNaN(sum) ? m.used() : sum + m.used();
            }
        }
        return sum;
    }

    private static double secondsLeft(MeterSource source, Growing what) {
        Trend trend = source.status().trend();
        boolean grows = trend.kind().name().equals(what.name());
        return grows && trend.secondsLeft() != Long.MAX_VALUE ? trend.secondsLeft() : Double.POSITIVE_INFINITY;
    }

    private static boolean binds(Capacity capacity, Limit limit) {
        return capacity.places() != ConnectionLimits.NONE && capacity.binding() == limit;
    }

    private static double slots(long places) {
        return places == ConnectionLimits.NONE ? Double.NaN : places;
    }

    private static double known(Capacity capacity, Function<Capacity, Long> count) {
        return capacity.known() ? count.apply(capacity) : Double.NaN;
    }

    private static double number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private static double one(boolean is) {
        return is ? 1 : 0;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
