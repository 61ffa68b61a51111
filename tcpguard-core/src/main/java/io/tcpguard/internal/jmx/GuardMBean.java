/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jmx;

import io.tcpguard.jmx.TcpGuardMXBean;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One guard's attributes and operations for JMX, made of its newest snapshot and counters when they are asked for. Any
 * thread.
 */
final class GuardMBean implements TcpGuardMXBean {
    private final Operations guard;

    GuardMBean(Operations guard) {
        this.guard = guard;
    }

    private Capacity capacity() {
        return guard.snapshot().get().capacity();
    }

    private GuardStatus status() {
        return guard.status().get();
    }

    @Override
    public String getLevel() {
        return guard.snapshot().get().level().name();
    }

    @Override
    public String getReason() {
        return guard.snapshot().get().reason();
    }

    @Override
    public boolean isUp() {
        return status().told().up();
    }

    @Override
    public int getWeight() {
        return status().told().weight();
    }

    @Override
    public String getVerdictReason() {
        return status().told().reason();
    }

    @Override
    public boolean isDraining() {
        return status().drainReason().isPresent();
    }

    @Override
    public @Nullable String getDrainReason() {
        return status().drainReason().orElse(null);
    }

    @Override
    public boolean isRehearsal() {
        return guard.snapshot().get().rehearsal();
    }

    @Override
    public @Nullable Long getDescriptorLimit() {
        return known(capacity(), capacity().limit());
    }

    @Override
    public @Nullable Long getDescriptorsUsed() {
        return known(capacity(), capacity().used());
    }

    @Override
    public @Nullable Long getDescriptorsOther() {
        return known(capacity(), capacity().other());
    }

    private static @Nullable Long known(Capacity capacity, long count) {
        return capacity.known() ? count : null;
    }

    @Override
    public double getUsableShare() {
        return capacity().usableShare();
    }

    @Override
    public String getTrend() {
        return status().trend().sentence();
    }

    @Override
    public long getConnections() {
        return capacity().own();
    }

    @Override
    public @Nullable Long getSlots() {
        long slots = capacity().slots();
        return slots == ConnectionLimits.NONE ? null : slots;
    }

    @Override
    public @Nullable String getBindingLimit() {
        Capacity capacity = capacity();
        return capacity.slots() == ConnectionLimits.NONE
                ? null
                : capacity.binding().name();
    }

    @Override
    public @Nullable Long getQueueLength() {
        Long sum = null;
        for (var state : guard.snapshot().get().signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == Signal.ACCEPT_QUEUE) {
                sum = (sum == null ? 0 : sum) + m.used();
            }
        }
        return sum;
    }

    @Override
    public Map<String, Long> getListenerConnections() {
        Map<String, Long> connections = new TreeMap<>();
        for (ListenerStatus listener : status().listeners()) {
            connections.put(listener.name(), listener.connections());
        }
        return connections;
    }

    @Override
    public Map<String, Long> getListenerQueueLengths() {
        Map<String, Long> lengths = new TreeMap<>();
        for (ListenerStatus listener : status().listeners()) {
            listener.queued().ifPresent(queued -> lengths.put(listener.name(), queued));
        }
        return lengths;
    }

    @Override
    public long getRefusedConnections() {
        return guard.shed().of(Stage.ACCEPT);
    }

    @Override
    public long getRefusedRequests() {
        return guard.shed().of(Stage.REQUEST);
    }

    @Override
    public long getEvictedConnections() {
        return guard.shed().of(Stage.KEEP_ALIVE);
    }

    @Override
    public long getWaited() {
        return status().waited();
    }

    @Override
    public Map<String, Long> getShed() {
        Map<String, Long> shed = new TreeMap<>();
        for (Stage stage : Stage.values()) {
            for (Method method : Method.values()) {
                for (Reason reason : Reason.values()) {
                    long count = guard.shed().of(stage, method, reason);
                    if (count > 0) {
                        shed.put((stage + "/" + method + "/" + reason).toLowerCase(Locale.ROOT), count);
                    }
                }
            }
        }
        return shed;
    }

    @Override
    public long getLevelChanges() {
        return status().levelChanges();
    }

    @Override
    public long getHealthChanges() {
        return status().healthChanges();
    }

    @Override
    public int getCheckers() {
        return status().checkers().regular();
    }

    @Override
    public @Nullable Double getSecondsSinceLastCheck() {
        return status().checkers().sinceLast().map(age -> age.toNanos() / 1e9).orElse(null);
    }

    @Override
    public double getSampleAgeSeconds() {
        return status().sampleAge().toNanos() / 1e9;
    }

    @Override
    public String incident() {
        return guard.incident().get().orElse("");
    }

    @Override
    public void drain(String reason) {
        guard.drain().accept(reason == null || reason.isBlank() ? "drained by JMX" : reason);
    }

    @Override
    public void resume() {
        guard.resume().run();
    }

    @Override
    public void rehearse(String signal, double pressure, long seconds) {
        guard.rehearse()
                .begin(Signal.valueOf(signal.strip().toUpperCase(Locale.ROOT)), pressure, Duration.ofSeconds(seconds));
    }

    @Override
    public void endRehearsal() {
        guard.endRehearsal().run();
    }

    @Override
    public boolean forgetSource(String address) {
        return guard.forgetSource().test(address);
    }
}
