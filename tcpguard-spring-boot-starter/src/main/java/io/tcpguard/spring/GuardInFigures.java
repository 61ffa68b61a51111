/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.state.SignalState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A guard as maps, for whoever writes JSON. Null: not known. */
final class GuardInFigures {
    private GuardInFigures() {}

    static Map<String, @Nullable Object> summary(TcpGuard guard) {
        GuardSnapshot snapshot = guard.snapshot();
        GuardStatus status = guard.status();
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("level", snapshot.level().name());
        map.put("reason", snapshot.reason());
        map.put("up", status.told().up());
        map.put("weight", status.told().weight());
        map.put("verdict", status.told().reason());
        map.put("drainReason", status.drainReason().orElse(null));
        map.put("rehearsal", snapshot.rehearsal());
        map.put("capacity", capacity(snapshot.capacity()));
        map.put("trend", status.trend().sentence());
        map.put("shed", shed(guard));
        map.put("waited", status.waited());
        return map;
    }

    static Map<String, @Nullable Object> details(TcpGuard guard) {
        GuardStatus status = guard.status();
        Map<String, @Nullable Object> map = summary(guard);
        map.put("idleFloorSeconds", seconds(status.idleFloor()));
        map.put("queueWaitSeconds", seconds(status.queueWait()));
        map.put("sampleAgeSeconds", seconds(status.sampleAge()));
        map.put("levelChanges", status.levelChanges());
        map.put("healthChanges", status.healthChanges());
        map.put("checkers", status.checkers().regular());
        map.put(
                "secondsSinceLastCheck",
                status.checkers().sinceLast().map(GuardInFigures::seconds).orElse(null));
        List<Object> listeners = new ArrayList<>();
        status.listeners().forEach(listener -> listeners.add(listener(listener)));
        map.put("listeners", listeners);
        List<Object> signals = new ArrayList<>();
        guard.snapshot().signals().forEach(signal -> signals.add(signal(signal)));
        map.put("signals", signals);
        return map;
    }

    private static Map<String, @Nullable Object> capacity(Capacity capacity) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        boolean known = capacity.known();
        map.put("limit", known ? capacity.limit() : null);
        map.put("used", known ? capacity.used() : null);
        map.put("own", capacity.own());
        map.put("other", known ? capacity.other() : null);
        map.put("usable", known ? capacity.usable() : null);
        boolean bound = capacity.slots() != ConnectionLimits.NONE;
        map.put("slots", bound ? capacity.slots() : null);
        map.put("binding", bound ? capacity.binding().name() : null);
        return map;
    }

    private static Map<String, @Nullable Object> shed(TcpGuard guard) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (Stage layer : Stage.values()) {
            map.put(layer.name().toLowerCase(Locale.ROOT), guard.shed().of(layer));
        }
        return map;
    }

    private static Map<String, @Nullable Object> listener(ListenerStatus listener) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", listener.name());
        map.put("connections", listener.connections());
        map.put("queued", number(listener.queued()));
        map.put("backlog", number(listener.backlog()));
        map.put(
                "workDelaySeconds",
                listener.workDelay().map(GuardInFigures::seconds).orElse(null));
        map.put("waits", listener.waits());
        map.put("waitedSeconds", seconds(listener.waited()));
        return map;
    }

    private static Map<String, @Nullable Object> signal(SignalState signal) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("signal", signal.reading().signal().name());
        map.put("source", signal.source());
        map.put("level", signal.level().name());
        if (signal.reading() instanceof Reading.Measured m) {
            map.put("used", m.used());
            map.put("limit", m.limit());
        } else if (signal.reading() instanceof Reading.Unavailable u) {
            map.put("unavailable", u.cause().name());
            map.put("detail", u.detail());
        }
        return map;
    }

    private static @Nullable Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
