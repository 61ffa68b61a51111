/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.text.JsonText;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.TcpState;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Limit;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/**
 * All that the guard knows, for those who may see it.
 *
 * @param snapshot the newest
 * @param admission what new connections meet at the limit
 * @param background what is known beside the signals
 * @param figures counts since the start, and listeners
 * @param checkers who asks
 * @param refusalsHeld refused connections that wait for their end
 * @param now the time, to say how long ago
 */
record Details(
        GuardSnapshot snapshot,
        AdmissionStatus admission,
        Diagnostics background,
        MeterSource figures,
        List<Checker> checkers,
        int refusalsHeld,
        long now) {

    String text(HealthStatus s) {
        Capacity c = snapshot.capacity();
        StringBuilder out = new StringBuilder(1024)
                .append(s.upOrDown() + ' ' + s.weight() + ' ' + s.level() + '\n')
                .append("leading: " + s.leading() + '\n')
                .append("reason: " + s.reason() + '\n')
                .append(snapshot.rehearsal() ? "rehearsal: nobody is in trouble\n" : "")
                .append("level for: " + seconds(now - snapshot.levelSinceNanos()) + " s, because " + snapshot.reason()
                        + '\n')
                .append("new connections: " + snapshot.admission() + (snapshot.resetsOnly() ? ", resets only" : "")
                        + '\n')
                .append("at the limit: minimum idle time before eviction " + seconds(admission.idleFloorNanos())
                        + " s, new connections wait for up to " + seconds(admission.queueWaitNanos()) + " s, "
                        + admission.waited() + " did since the start\n")
                .append("since the start: " + Refusals.inWords(figures.shed()) + '\n')
                .append("waiting for their end after a refusal: " + refusalsHeld + '\n');
        if (c.known()) {
            out.append("descriptors: " + c.used() + " of " + c.limit() + ", own connections " + c.own() + ", other "
                    + c.other() + ", usable " + c.usable() + ", admission threshold " + c.admissionThreshold() + '\n');
        } else {
            out.append("descriptors: not known\n");
        }
        out.append("slots: " + c.slotsInWords() + '\n');
        for (SignalState state : snapshot.signals()) {
            out.append(state.reading().signal().name());
            if (!state.source().isEmpty()) {
                out.append(" (").append(state.source()).append(')');
            }
            out.append(": ")
                    .append(reading(state.reading()))
                    .append(", ")
                    .append(state.level())
                    .append('\n');
        }
        backgroundInWords(out);
        for (Checker k : checkers) {
            out.append("checker " + k.address().getHostAddress() + ' ' + k.asks() + ": "
                    + (k.intervalNanos() > 0 ? "every " + seconds(k.intervalNanos()) + " s" : "interval not known yet")
                    + ", last " + seconds(now - k.lastNanos()) + " s ago, told " + (k.toldUp() ? "up " : "down ")
                    + k.toldWeight());
            HaproxyState h = k.haproxyState();
            out.append(
                    h == null
                            ? ""
                            : ", says " + h.status() + ' ' + h.server() + " weight " + h.weight() + '/'
                                    + h.totalWeight());
            out.append('\n');
        }
        return out.toString();
    }

    private void backgroundInWords(StringBuilder out) {
        Trend trend = background.trend();
        out.append("trend: ").append(trend.kind());
        if (trend.kind() != Trend.Kind.CALM) {
            out.append(", " + tenths(trend.perSecond()) + " descriptors more each second; " + trend.sentence());
        }
        Census sockets = background.sockets();
        out.append("\nsockets, " + seconds(now - background.socketsAtNanos()) + " s ago: ");
        if (sockets.trouble().isEmpty()) {
            StringJoiner states = new StringJoiner(", ");
            for (TcpState state : TcpState.values()) {
                if (sockets.in(state) > 0) {
                    states.add(state + " " + sockets.in(state));
                }
            }
            out.append(states)
                    .append(sockets.halfOpen() ? "" : "; SYN_RECV not counted")
                    .append(sockets.complete() ? "" : "; at least: the time was up before all were counted");
        } else {
            out.append("not known, ").append(sockets.trouble());
        }
        out.append('\n');
        TcpCounts counts = background.sinceStart();
        if (counts.known().isEmpty()) {
            out.append("counters: not known\n");
        } else {
            out.append("closes without TIME_WAIT since the start: "
                            + counter(counts.of(KernelCounter.TIME_WAIT_OVERFLOWS))
                            + ", last cause " + background.lastLoss() + "; connections cut for want of memory: "
                            + counter(counts.of(KernelCounter.MEMORY_ABORTS)) + '\n')
                    .append("refused for an old time stamp (PAWS) since the start: "
                            + counter(counts.of(KernelCounter.PAWS_ESTABLISHED)) + " segments, "
                            + counter(counts.of(KernelCounter.PAWS_TIME_WAIT)) + " that met TIME_WAIT\n")
                    .append("connection attempts since the start: " + counter(counts.of(KernelCounter.LISTEN_OVERFLOWS))
                            + " dropped by a full accept queue, " + counter(counts.of(KernelCounter.SYN_QUEUE_DROPS))
                            + " by a full SYN queue, " + counter(counts.of(KernelCounter.SYN_QUEUE_COOKIES))
                            + " answered by a cookie for it\n");
        }
        for (String remark : background.remarks()) {
            out.append("note: ").append(remark).append('\n');
        }
    }

    private static String counter(long value) {
        return value < 0 ? "not known" : String.valueOf(value);
    }

    String json(HealthStatus s) {
        Capacity c = snapshot.capacity();
        return JsonText.object(json -> s.members(json, true)
                .member("levelMillis", TimeUnit.NANOSECONDS.toMillis(now - snapshot.levelSinceNanos()))
                .member("levelReason", snapshot.reason())
                .member("rehearsal", snapshot.rehearsal())
                .member("admission", snapshot.admission().name())
                .member("resetsOnly", snapshot.resetsOnly())
                .member("idleFloorMillis", TimeUnit.NANOSECONDS.toMillis(admission.idleFloorNanos()))
                .member("queueWaitMillis", TimeUnit.NANOSECONDS.toMillis(admission.queueWaitNanos()))
                .member("waited", admission.waited())
                .object("refused", o -> Refusals.byCause(o, figures.shed()))
                .member("evicted", figures.shed().of(RefusalCounters.Stage.KEEP_ALIVE))
                .member("refusalsHeld", refusalsHeld)
                .object("capacity", o -> {
                    if (c.known()) {
                        o.member("limit", c.limit())
                                .member("used", c.used())
                                .member("own", c.own())
                                .member("other", c.other())
                                .member("usable", c.usable())
                                .member("admissionThreshold", c.admissionThreshold());
                    }
                    slots(o, c);
                })
                .object("trend", this::trend)
                .object("sockets", this::sockets)
                .object("sinceStart", this::counters)
                .array("remarks", background.remarks(), (o, remark) -> o.member("text", remark))
                .array("held", background.held(), (o, held) -> o.member("what", held.what())
                        .member("count", held.count())
                        .member("more", held.more()))
                .array("listeners", figures.status().listeners(), Details::listener)
                .array("signals", snapshot.signals(), Details::signal)
                .array("checkers", checkers, this::checker));
    }

    /** Those that bound nothing are left out. */
    private static void slots(JsonText json, Capacity c) {
        if (c.slots() != ConnectionLimits.NONE) {
            json.member("binding", c.binding().name()).member("slots", c.slots());
        }
        for (Limit limit : Limit.values()) {
            if (c.slots(limit) != ConnectionLimits.NONE) {
                json.member("slotsBy_" + limit.name(), c.slots(limit));
            }
        }
    }

    private void trend(JsonText json) {
        Trend trend = background.trend();
        json.member("kind", trend.kind().name());
        if (trend.kind() != Trend.Kind.CALM) {
            json.member("perThousandSeconds", Math.round(trend.perSecond() * 1000))
                    .member("secondsLeft", trend.secondsLeft());
        }
    }

    private void sockets(JsonText json) {
        Census sockets = background.sockets();
        json.member("millisAgo", TimeUnit.NANOSECONDS.toMillis(now - background.socketsAtNanos()));
        if (!sockets.trouble().isEmpty()) {
            json.member("unavailable", sockets.trouble());
            return;
        }
        json.member("complete", sockets.complete());
        for (TcpState state : TcpState.values()) {
            if (state != TcpState.SYN_RECV || sockets.halfOpen()) {
                json.member(state.name(), sockets.in(state));
            }
        }
    }

    private void counters(JsonText json) {
        TcpCounts counts = background.sinceStart();
        if (!counts.known().isEmpty()) {
            counter(json, "timeWaitOverflows", counts.of(KernelCounter.TIME_WAIT_OVERFLOWS));
            json.member("timeWaitLoss", background.lastLoss().name());
            counter(json, "abortsOnMemory", counts.of(KernelCounter.MEMORY_ABORTS));
            counter(json, "memoryPressures", counts.of(KernelCounter.MEMORY_PRESSURES));
            counter(json, "pawsEstablished", counts.of(KernelCounter.PAWS_ESTABLISHED));
            counter(json, "pawsTimeWait", counts.of(KernelCounter.PAWS_TIME_WAIT));
            counter(json, "listenOverflows", counts.of(KernelCounter.LISTEN_OVERFLOWS));
            counter(json, "synQueueDrops", counts.of(KernelCounter.SYN_QUEUE_DROPS));
            counter(json, "synQueueCookies", counts.of(KernelCounter.SYN_QUEUE_COOKIES));
        }
    }

    /** A counter that this kernel lacks is null, never 0. */
    private static void counter(JsonText json, String name, long value) {
        json.member(name, value < 0 ? OptionalLong.empty() : OptionalLong.of(value));
    }

    private static void listener(JsonText json, ListenerStatus listener) {
        json.member("name", listener.name())
                .member("connections", listener.connections())
                .member("queue", listener.queued())
                .member("waits", listener.waits())
                .member("waitedMillis", listener.waited().toMillis());
    }

    private static void signal(JsonText json, SignalState state) {
        json.member("signal", state.reading().signal().name())
                .member("source", state.source())
                .member("level", state.level().name());
        if (state.reading() instanceof Reading.Measured m) {
            json.member("used", m.used())
                    .member("limit", m.limit())
                    .member("permille", Math.round(m.pressure() * 1000));
        } else if (state.reading() instanceof Reading.Unavailable u) {
            json.member("unavailable", u.cause().name()).member("detail", u.detail());
        }
    }

    private void checker(JsonText json, Checker k) {
        json.member("address", k.address().getHostAddress())
                .member("asks", k.asks())
                .member(
                        "intervalMillis",
                        k.intervalNanos() > 0
                                ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(k.intervalNanos()))
                                : OptionalLong.empty())
                .member("lastMillisAgo", TimeUnit.NANOSECONDS.toMillis(now - k.lastNanos()))
                .member("checks", k.checks())
                .member("toldUp", k.toldUp())
                .member("toldWeight", k.toldWeight());
        HaproxyState h = k.haproxyState();
        if (h != null) {
            json.object("haproxy", o -> o.member("status", h.status())
                    .member("server", h.server())
                    .member("node", h.node())
                    .member("weight", h.weight())
                    .member("totalWeight", h.totalWeight()));
        }
    }

    private static String reading(Reading reading) {
        if (reading instanceof Reading.Measured m) {
            return m.used() + " of " + m.limit() + ' ' + m.signal().unit() + " ("
                    + Math.round(m.pressure() * 1000) / 10.0 + " %)";
        }
        Reading.Unavailable u = (Reading.Unavailable) reading;
        return "not known, " + u.cause() + ": " + u.detail();
    }

    private static double seconds(long nanos) {
        return tenths(nanos / 1e9);
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
