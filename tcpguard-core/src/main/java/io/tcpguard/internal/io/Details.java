package io.tcpguard.internal.io;

import io.tcpguard.internal.io.Checkers.Checker;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All that the guard knows, for those who may see it.
 *
 * @param snapshot the newest
 * @param checkers who asks
 * @param desk refused connections that wait for their end
 * @param now the time, to say how long ago
 */
record Details(GuardSnapshot snapshot, List<Checker> checkers, int desk, long now) {

    String text(Statement s) {
        Capacity c = snapshot.capacity();
        StringBuilder out = new StringBuilder(1024)
                .append(s.upOrDown() + ' ' + s.weight() + ' ' + s.level() + '\n')
                .append("leading: " + s.leading() + '\n')
                .append("reason: " + s.reason() + '\n')
                .append("level for: " + seconds(now - snapshot.levelSinceNanos()) + " s, because " + snapshot.reason()
                        + '\n')
                .append("new connections: " + snapshot.admission() + (snapshot.resetsOnly() ? ", resets only" : "")
                        + '\n')
                .append("waiting for their end after a refusal: " + desk + '\n');
        if (c.known()) {
            out.append("descriptors: " + c.used() + " of " + c.limit() + ", own connections " + c.own() + ", other "
                    + c.other() + ", usable " + c.usable() + ", refusal point " + c.refusalPoint() + '\n');
        } else {
            out.append("descriptors: not known\n");
        }
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
        for (Checker k : checkers) {
            out.append("checker " + k.address().getHostAddress() + ' ' + k.asks() + ": every "
                    + seconds(k.intervalNanos())
                    + " s, last " + seconds(now - k.lastNanos()) + " s ago, told " + (k.toldUp() ? "up " : "down ")
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

    String json(Statement s) {
        Capacity c = snapshot.capacity();
        return JsonText.object(json -> json.statement(s, true)
                .member("levelMillis", TimeUnit.NANOSECONDS.toMillis(now - snapshot.levelSinceNanos()))
                .member("levelReason", snapshot.reason())
                .member("admission", snapshot.admission().name())
                .member("resetsOnly", snapshot.resetsOnly())
                .member("desk", desk)
                .object("capacity", o -> {
                    if (c.known()) {
                        o.member("limit", c.limit())
                                .member("used", c.used())
                                .member("own", c.own())
                                .member("other", c.other())
                                .member("usable", c.usable())
                                .member("refusalPoint", c.refusalPoint());
                    }
                })
                .array("signals", snapshot.signals(), Details::signal)
                .array("checkers", checkers, this::checker));
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
                .member("intervalMillis", TimeUnit.NANOSECONDS.toMillis(k.intervalNanos()))
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
        return Math.round(nanos / 1e8) / 10.0;
    }
}
