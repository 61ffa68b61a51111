/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Pairs of settings, each of which is allowed, that can't both be meant. A default that nobody wrote gives way where it
 * can.
 */
final class Contradictions {
    /** Where no socket can be asked, the accept queue is read from the kernel's table, once a second. */
    private static final Duration QUEUE_READ_EVERY = Duration.ofSeconds(1);

    private final Map<Setting, Object> given;
    private final Map<Setting, Object> inForce;
    private final List<String> found = new ArrayList<>();

    private Contradictions(Map<Setting, Object> given, Map<Setting, Object> inForce) {
        this.given = given;
        this.inForce = inForce;
    }

    /**
     * @param given what somebody wrote
     * @param inForce the same, and the defaults
     * @throws IllegalArgumentException naming both settings of each pair, with values
     */
    static void refuse(Map<Setting, Object> given, Map<Setting, Object> inForce) {
        Contradictions all = new Contradictions(given, inForce);
        all.times();
        all.ports();
        all.proxy();
        if (!all.found.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", all.found));
        }
    }

    private void times() {
        Duration stalledAfter = time(Setting.STALLED_AFTER);
        Duration maxWorkDelay = time(Setting.MAX_WORK_DELAY);
        Duration stale = time(Setting.SAMPLE_PERIOD).multipliedBy(GuardConfig.STALE_PERIODS);
        if (given.containsKey(Setting.QUEUE_WAIT)
                && time(Setting.QUEUE_WAIT).multipliedBy(2).compareTo(stalledAfter) > 0) {
            add(Setting.QUEUE_WAIT, Setting.STALLED_AFTER, "at most half of it: who waits would look stalled");
        }
        if (maxWorkDelay.compareTo(stalledAfter) > 0) {
            add(
                    Setting.MAX_WORK_DELAY,
                    Setting.STALLED_AFTER,
                    "at most as long: health would fail before anybody is refused");
        }
        if (given.containsKey(Setting.MAX_WORK_DELAY) && maxWorkDelay.compareTo(time(Setting.SILENT_FLOOR)) > 0) {
            add(
                    Setting.MAX_WORK_DELAY,
                    Setting.SILENT_FLOOR,
                    "at most as long: clients whose request waits for a thread would count as silent");
        }
        if (stale.compareTo(stalledAfter) > 0) {
            add(
                    Setting.SAMPLE_PERIOD,
                    Setting.STALLED_AFTER,
                    "at most a tenth of it: a sample is stale after " + ValueKind.text(stale));
        } else if (stalledAfter.compareTo(QUEUE_READ_EVERY) < 0) {
            found.add(named(Setting.STALLED_AFTER) + " (expected: at least " + ValueKind.text(QUEUE_READ_EVERY)
                    + ": so old the reading of an accept queue may be, with " + named(Setting.SAMPLE_PERIOD)
                    + ", too)");
        }
    }

    private void ports() {
        Object agent = inForce.get(Setting.AGENT_PORT);
        if (agent instanceof Integer port && port > 0 && agent.equals(inForce.get(Setting.HEALTH_PORT))) {
            add(Setting.AGENT_PORT, Setting.HEALTH_PORT, "another port: only one of them can be bound");
        }
    }

    private void proxy() {
        if (given.containsKey(Setting.FAIRNESS)
                && Boolean.TRUE.equals(inForce.get(Setting.FAIRNESS))
                && Boolean.TRUE.equals(inForce.get(Setting.BEHIND_PROXY))) {
            add(Setting.FAIRNESS, Setting.BEHIND_PROXY, "false: all clients have the addresses of the proxy");
        }
        if (inForce.get(Setting.RESET_BUDGET) instanceof Integer resets
                && resets > 0
                && Boolean.TRUE.equals(inForce.get(Setting.BEHIND_PROXY))) {
            add(Setting.RESET_BUDGET, Setting.BEHIND_PROXY, "0: a proxy takes a reset for a broken server");
        }
    }

    private void add(Setting one, Setting other, String expected) {
        found.add(named(one) + " contradicts " + named(other) + " (expected: " + expected + ")");
    }

    private String named(Setting setting) {
        Object value = inForce.get(setting);
        String text = value instanceof Duration d ? ValueKind.text(d) : String.valueOf(value);
        return setting.key() + "=" + text + (given.containsKey(setting) ? "" : " (the default)");
    }

    private Duration time(Setting setting) {
        return inForce.get(setting) instanceof Duration d ? d : Duration.ZERO;
    }
}
