/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is learned of the clients from their connections, and the clock of it.
 *
 * @param gaps how long healthy clients are idle between two requests
 * @param silence how soon they send their first byte
 * @param patience how long they wait
 * @param tenure how long their sessions last
 * @param pace how often they come back
 * @param history what each source did
 * @param forwarded what clients behind trusted proxies did
 */
record ClientModel(
        IdleFloorEstimator gaps,
        SilentFloorEstimator silence,
        AdaptiveQueueWait patience,
        TenureEstimator tenure,
        PaceEstimator pace,
        SourceHistory history,
        ForwardedClients forwarded,
        CoarseClock clock) {

    /** Nothing is known yet. */
    static ClientModel of(GuardConfig config, CoarseClock clock, RefusalCounters shed) {
        return empty(
                config.nanos(Setting.QUEUE_WAIT),
                config.nanos(Setting.SILENT_FLOOR),
                config.nanos(Setting.STALLED_AFTER),
                clock,
                shed);
    }

    /**
     * Nothing is known yet.
     *
     * @param silentFloor until it is learned
     * @param stalledAfter so late, work is given up
     */
    static ClientModel empty(
            long longestWait, long silentFloor, long stalledAfter, CoarseClock clock, RefusalCounters shed) {
        SourceMemory memory = new SourceMemory(clock);
        return new ClientModel(
                new IdleFloorEstimator(),
                new SilentFloorEstimator(silentFloor),
                new AdaptiveQueueWait(longestWait),
                new TenureEstimator(),
                new PaceEstimator(),
                new SourceHistory(memory, shed),
                new ForwardedClients(memory, clock, stalledAfter),
                clock);
    }

    /**
     * Once a second, by the sampler.
     *
     * @param shedding whether new connections are refused or evict others: then nothing is learned of the healthy
     *     ones
     */
    void update(boolean shedding) {
        gaps.freeze(shedding);
        gaps.update();
        silence.freeze(shedding);
        silence.update();
        tenure.freeze(shedding);
        tenure.update();
        pace.freeze(shedding);
        pace.update();
        patience.update();
        history.memory().sweep();
    }

    /**
     * A session came back with a second request, and its client ended it.
     *
     * @param client to remember its client by, behind a trusted proxy; 0: it is its peer
     */
    void finished(long client, @Nullable Source source) {
        if (client == 0) {
            history.finished(source);
        } else {
            forwarded.finished(client);
        }
    }

    /** A connection that never came back with a second request was evicted. */
    void sat(long client, @Nullable Source source, @Nullable InetAddress address, long now) {
        if (client == 0) {
            history.sat(source, address, now);
        } else {
            forwarded.sat(client);
        }
    }

    /** Lets the past count half. */
    void forget() {
        gaps.forget();
        silence.forget();
        tenure.forget();
        pace.forget();
    }

    /** What is known of sources, and of how clients behave: a sentence each, for a person who asks. */
    void tell(List<String> sentences, long now) {
        String sat = history.heaviest(now);
        if (!sat.isEmpty()) {
            sentences.add(
                    "asked once or never and were idle until evicted, most often in the last two minutes: " + sat);
        }
        String requests = forwarded.shares();
        if (!requests.isEmpty()) {
            sentences.add(requests);
        }
        String shares = history.shares();
        if (shares.isEmpty()) {
            return;
        }
        SourceMemory memory = history.memory();
        sentences.add("by what their sources are known for, while slots were scarce since the start: " + shares
                + "; sources and networks remembered: " + memory.good() + " good, " + memory.bad() + " bad, "
                + memory.size() + " in all; an operator undoes a mark by JMX (forgetSource) or Actuator (forget)");
        sentences.add(
                tenure.nanos() == TenureEstimator.NONE
                        ? "healthy sessions have no bound that is known: nobody is asked to give a slot back"
                        : "healthy sessions last for up to " + seconds(tenure.nanos())
                                + (pace.nanos() == 0 ? "" : " and pause for " + seconds(pace.nanos()) + " or more")
                                + ": others give their slots back with an answer while some wait");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
