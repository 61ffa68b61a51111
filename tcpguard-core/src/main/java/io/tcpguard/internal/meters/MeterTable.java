/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.internal.meters.MeterFamily.MeterKind;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.Level;
import io.tcpguard.state.Limit;
import io.tcpguard.state.ListenerStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * All meters, in the order of their names: Micrometer's binder, the text for Prometheus and the reference are made of
 * them.
 */
public final class MeterTable {
    /** Micrometer's words for units. */
    static final String CONNECTIONS = "connections";

    static final String SECONDS = "seconds";

    /**
     * Listeners that are told of one by one. A server has a handful; a mistake must not make the answer grow without
     * bound.
     */
    public static final int MOST_LISTENERS = 64;

    static final String NO_UNIT = "";
    private static final String LISTENER = "listener";

    /** In the order of their names. */
    public static final List<MeterFamily> ALL = all();

    private MeterTable() {}

    private static List<MeterFamily> all() {
        MeterList all = new MeterList();
        judgements(all);
        descriptors(all);
        connections(all);
        RefusalMeters.add(all);
        guard(all);
        return all.sorted();
    }

    private static void judgements(MeterList all) {
        all.gauge(
                "tcpguard.level",
                NO_UNIT,
                "level as a number: 0 normal, 1 elevated, 2 shed, 3 drain",
                "",
                s -> s.snapshot().level().ordinal());
        all.tagged(
                "tcpguard.status",
                NO_UNIT,
                "1 for the level in force, 0 for the others",
                "",
                "state",
                Level.values(),
                (s, level) -> MeterValues.one(s.snapshot().level() == level));
        all.counter("tcpguard.level.transitions", NO_UNIT, "changes of level", s -> s.status()
                .levelChanges());
        all.tagged(
                "tcpguard.health",
                NO_UNIT,
                "1 for what load balancers are told, 0 for the other",
                "",
                "state",
                Health.values(),
                (s, health) -> MeterValues.one(s.status().told().up() == (health == Health.UP)));
        all.counter("tcpguard.health.transitions", NO_UNIT, "changes of health between up and down", s -> s.status()
                .healthChanges());
        all.gauge("tcpguard.weight", NO_UNIT, "weight told to the load balancer, 0 when down", "", s -> s.status()
                .told()
                .weight());
        all.gauge(
                "tcpguard.draining",
                NO_UNIT,
                "1 while an operator drains",
                "",
                s -> MeterValues.one(s.status().drainReason().isPresent()));
        all.gauge(
                "tcpguard.rehearsing",
                NO_UNIT,
                "1 while level and verdict are those of a rehearsal",
                "",
                s -> MeterValues.one(s.snapshot().rehearsal()));
        List<Series> pressures = new ArrayList<>();
        for (Signal signal : Signal.values()) {
            pressures.add(MeterList.series(
                    List.of(MeterValues.tag(signal.scope()), MeterValues.tag(signal)),
                    s -> MeterValues.pressure(s, signal)));
        }
        all.add(new MeterFamily(
                "tcpguard.pressure",
                MeterKind.GAUGE,
                NO_UNIT,
                "used share of a signal's limit; the highest, where there are several sources",
                "",
                List.of("scope", "signal"),
                pressures,
                null));
    }

    private static void descriptors(MeterList all) {
        all.tagged(
                "tcpguard.descriptors",
                NO_UNIT,
                "open descriptors: own connections, what comes and goes with them (an estimate), and everything else",
                "process.unix.file_descriptor.count",
                "state",
                MeterValues.Holder.values(),
                (s, holder) -> holder.of(s.snapshot().capacity()));
        all.gauge(
                "tcpguard.descriptors.limit",
                NO_UNIT,
                "soft limit in force",
                "jvm.file_descriptor.limit",
                s -> MeterValues.known(s.snapshot().capacity(), Capacity::limit));
        all.gauge(
                "tcpguard.descriptors.threshold",
                NO_UNIT,
                "admission threshold: above it a new connection evicts another, waits or is refused",
                "",
                s -> MeterValues.known(s.snapshot().capacity(), Capacity::admissionThreshold));
        all.tagged(
                "tcpguard.descriptors.left",
                SECONDS,
                "time until none is left at the present pace, by what grows: connections (flood) or something else "
                        + "(leak); infinite when that does not grow",
                "",
                "trend",
                MeterValues.Growing.values(),
                MeterValues::secondsLeft);
        all.gauge(
                "tcpguard.usable",
                NO_UNIT,
                "share of the descriptor limit that is usable for clients",
                "",
                s -> s.snapshot().capacity().usableShare());
    }

    private static void connections(MeterList all) {
        all.gauge(
                "tcpguard.connections",
                CONNECTIONS,
                "connections of guarded listeners, of all guards of the process",
                "system.network.connection.count",
                s -> s.snapshot().capacity().own());
        all.tagged(
                "tcpguard.slots",
                CONNECTIONS,
                "connections that each limit allows; not known where it bounds none",
                "",
                "limit",
                Limit.values(),
                (s, limit) -> MeterValues.slots(s.snapshot().capacity().slots(limit)));
        all.tagged(
                "tcpguard.slots.binding",
                NO_UNIT,
                "1 for the limit that binds: the one that allows fewest connections",
                "",
                "limit",
                Limit.values(),
                (s, limit) -> MeterValues.one(MeterValues.binds(s.snapshot().capacity(), limit)));
        all.gauge(
                "tcpguard.queue.length",
                CONNECTIONS,
                "connections in the accept queues of guarded listeners; in SHED they wait for a slot",
                "",
                MeterValues::queued);
        all.gauge(
                "tcpguard.queue.wait",
                SECONDS,
                "longest time that new connections wait for a slot; shrinks where clients give up earlier",
                "",
                s -> MeterValues.seconds(s.status().queueWait()));
        all.gauge(
                "tcpguard.idle.floor",
                SECONDS,
                "minimum idle time: no connection idle for less is evicted",
                "",
                s -> MeterValues.seconds(s.status().idleFloor()));
        all.gauge("tcpguard.listeners", NO_UNIT, "guarded listeners", "", s -> s.status()
                .listeners()
                .size());
        all.listener(
                "tcpguard.listener.connections",
                CONNECTIONS,
                "open connections of a listener",
                ListenerStatus::connections);
        all.listener(
                "tcpguard.listener.queue.length",
                CONNECTIONS,
                "connections in a listener's accept queue",
                l -> MeterValues.number(l.queued()));
        all.listener(
                "tcpguard.listener.queue.limit",
                CONNECTIONS,
                "connections that a listener's accept queue takes",
                l -> MeterValues.number(l.backlog()));
        all.listener(
                "tcpguard.listener.work.delay",
                SECONDS,
                "age of the work that waits longest for a thread of a listener's executors",
                l -> l.workDelay().map(MeterValues::seconds).orElse(Double.NaN));
        all.add(new MeterFamily(
                "tcpguard.listener.wait",
                MeterKind.TIMER,
                SECONDS,
                "time for which connections waited for a slot, in the accept queue and in hand, whether they got one "
                        + "or not",
                "",
                List.of(LISTENER),
                List.of(),
                name -> new Series(
                        List.of(name),
                        MeterValues.of(name, l -> MeterValues.seconds(l.waited())),
                        MeterValues.of(name, ListenerStatus::waits))));
    }

    private static void guard(MeterList all) {
        all.gauge(
                "tcpguard.sample.age",
                SECONDS,
                "age of the newest sample; grows when the sampler is late",
                "",
                s -> MeterValues.seconds(s.status().sampleAge()));
        all.gauge(
                "tcpguard.checkers",
                NO_UNIT,
                "load balancers and others that ask for the verdict regularly, and did so within five minutes",
                "",
                s -> s.status().checkers().regular());
        all.gauge(
                "tcpguard.check.age",
                SECONDS,
                "time since anybody asked for the verdict; not known if nobody has",
                "",
                s -> s.status().checkers().sinceLast().map(MeterValues::seconds).orElse(Double.NaN));
    }

    private enum Health {
        UP,
        DOWN
    }
}
