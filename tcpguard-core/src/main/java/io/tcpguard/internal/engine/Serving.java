/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of the server really serves: each listener by its traffic, each by how much of its work comes back, and
 * the executors that belong to no listener. A verdict is about the whole server, a refusal about its listener.
 */
final class Serving {
    /** With less of its traffic served, a server is a burden to its cluster. */
    private static final double LEAST = 0.25;

    /**
     * What a listener weighs before it has any traffic: the first one is the server's own until traffic says
     * otherwise.
     */
    private static final double FIRST_WEIGHS = 8;

    private static final double OTHERS_WEIGH = 1;

    private final List<Watch> shared = new ArrayList<>();
    private double share = 1;
    private double weighs = 1;
    private double theirWeight = 1;
    private boolean allLate;
    private boolean anyLate;
    private boolean allRequestsStalled;
    private boolean haveTheirOwn;

    void step(List<Watch> watches, List<ListenerWatch> listeners, long now) {
        shared.clear();
        int late = 0;
        int stalled = 0;
        int stuck = 0;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.signal() == Signal.WORK_DELAY && !watch.ofListeners()) {
                shared.add(watch);
                late += watch.late() ? 1 : 0;
                stalled += watch.level() == Level.DRAIN ? 1 : 0;
                stuck += watch.stuck() ? 1 : 0;
            }
        }
        share = shared.isEmpty() ? 1 : (double) (shared.size() - stuck) / shared.size();
        allLate = late > 0 && late == shared.size() && listeners.isEmpty();
        anyLate = allLate;
        allRequestsStalled = stalled > 0 && stalled == shared.size() && listeners.isEmpty();
        if (!listeners.isEmpty()) {
            double theirs = ofListeners(listeners, now);
            // Those that have no executor of their own were measured by the shared ones already.
            share = haveTheirOwn ? share * theirs : theirs;
        }
        weighs = Math.min(share, listeners.isEmpty() ? 1 : theirWeight);
    }

    private double ofListeners(List<ListenerWatch> listeners, long now) {
        double all = 0;
        double served = 0;
        double sent = 0;
        allLate = true;
        allRequestsStalled = true;
        haveTheirOwn = true;
        for (int i = 0; i < listeners.size(); i++) {
            ListenerWatch listener = listeners.get(i);
            listener.step(shared, now);
            double weight = listener.traffic() + (i == 0 ? FIRST_WEIGHS : OTHERS_WEIGH);
            all += weight;
            served += weight * listener.share();
            sent += weight * listener.weighs();
            haveTheirOwn &= listener.hasItsOwn();
            allLate &= listener.late();
            anyLate |= listener.late();
            allRequestsStalled &= listener.requestsStalled();
        }
        theirWeight = sent / all;
        return served / all;
    }

    /** How much should be sent here, 0..1: no more than is served, and less while work hangs. */
    double weighs() {
        return weighs;
    }

    boolean tooLittle() {
        return share < LEAST;
    }

    /** Whether new connections are refused wherever they come. */
    boolean allLate() {
        return allLate;
    }

    /** Whether new connections are refused somewhere. */
    boolean anyLate() {
        return anyLate;
    }

    /** Whether requests are refused wherever they come. */
    boolean allRequestsStalled() {
        return allRequestsStalled;
    }

    /** The listener where most traffic is not served. */
    static @Nullable ListenerWatch unaccepted(List<ListenerWatch> listeners) {
        ListenerWatch found = null;
        for (int i = 0; i < listeners.size(); i++) {
            ListenerWatch listener = listeners.get(i);
            if (listener.unaccepted() && (found == null || listener.traffic() > found.traffic())) {
                found = listener;
            }
        }
        return found;
    }
}
