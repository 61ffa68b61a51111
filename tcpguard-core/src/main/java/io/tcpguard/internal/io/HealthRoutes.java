/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.state.GuardSnapshot;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;

/** What the health port and the agent's port answer, by path and peer. On the I/O thread. */
final class HealthRoutes {
    /** For those only who may see details. */
    private static final Set<String> DETAILS = Set.of("/details", "/advice", "/history", "/incident", "/metrics");

    private static final StatusPage PAGE = StatusPage.load();

    private final GuardView view;
    private final NanoClock clock;
    private final Checkers checkers;
    private final PoolShares pools = new PoolShares();
    private final IntSupplier refusalsHeld;
    private final List<Network> detailsTo;

    /** @param refusalsHeld refused connections that wait for their end */
    HealthRoutes(GuardConfig config, GuardView view, NanoClock clock, Checkers checkers, IntSupplier refusalsHeld) {
        this.view = view;
        this.clock = clock;
        this.checkers = checkers;
        this.refusalsHeld = refusalsHeld;
        detailsTo = config.networks(Setting.HEALTH_DETAILS_TO);
    }

    byte[] answer(HttpRequest request, InetAddress peer, long now) {
        if (request.error() != 0) {
            return HealthAnswer.error(request, request.error());
        }
        boolean details = Network.anyContains(detailsTo, peer);
        String path = request.path();
        if (!details && DETAILS.contains(path)) {
            return HealthAnswer.error(request, 403);
        }
        return switch (path) {
            case "/" ->
                details && request.html() && PAGE.there()
                        ? HealthAnswer.page(request, shown(request, peer, now), PAGE)
                        : HealthAnswer.verdict(request, told(request, peer, now), details);
            case "/health", "/healthz", "/ready", "/readyz" ->
                HealthAnswer.verdict(request, told(request, peer, now), details);
            case "/weight" -> HealthAnswer.weight(request, told(request, peer, now));
            case "/details" -> HealthAnswer.details(request, HealthStatus.of(view), details());
            case "/advice" -> HealthAnswer.report(request, view.advice(request.json()));
            case "/history" -> HealthAnswer.report(request.asJson(), view.history());
            case "/incident" -> HealthAnswer.report(request, view.incident(request.json()));
            case "/metrics" -> HealthAnswer.metrics(request, view.meters());
            default -> HealthAnswer.error(request, 404);
        };
    }

    private Details details() {
        return new Details(
                view.snapshot(),
                view.admission(),
                view.background(),
                view.meters(),
                checkers.all(),
                refusalsHeld.getAsInt(),
                clock.nanoTime());
    }

    byte[] agentAnswer(InetAddress peer, long now) {
        // HAProxy asks the agent and the check from one address, and says its state with the check only.
        HealthStatus s = pools.told(peer, HealthStatus.of(view), now);
        checkers.checked(peer, "agent", s.up(), s.weight(), null, now);
        return HealthAnswer.agentLine(s, Network.anyContains(detailsTo, peer));
    }

    /** Somebody looks; that is no check. */
    private HealthStatus shown(HttpRequest request, InetAddress peer, long now) {
        return request.byBrowser() ? HealthStatus.of(view) : told(request, peer, now);
    }

    private HealthStatus told(HttpRequest request, InetAddress peer, long now) {
        HaproxyState haproxy = HaproxyState.parse(request.haproxy());
        pools.said(peer, haproxy, now);
        HealthStatus s = pools.told(peer, HealthStatus.of(view), now);
        checkers.checked(peer, request.path(), s.up(), s.weight(), haproxy, now);
        if (request.byDirector()) {
            checkers.countsConnections(peer, request.path());
        }
        return s;
    }

    /** Who was told the verdict in its fewest words asks for it all the same: known ones cost no allocation. */
    void answeredBarely(InetAddress peer, String asked, long now) {
        try {
            GuardSnapshot snapshot = view.snapshot();
            boolean up = snapshot.verdict().up() || view.stale();
            checkers.checked(peer, asked, up, HealthStatus.weight(snapshot, up), null, now);
        } catch (OutOfMemoryError e) {
            // It was answered; the next one is counted.
        }
    }

    /** The verdict in its fewest words, into a cleared buffer: allocates nothing. */
    void bareAnswer(ByteBuffer out, boolean toAgent, ByteBuffer request) {
        BareAnswer.write(out, view, toAgent, request);
    }
}
