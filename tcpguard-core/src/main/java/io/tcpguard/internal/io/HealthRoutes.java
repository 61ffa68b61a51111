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
import java.util.function.IntSupplier;

/** What the health port and the agent's port answer, by path and peer. On the I/O thread. */
final class HealthRoutes {
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
        switch (request.path()) {
            case "/" -> {
                return details && request.html() && PAGE.there()
                        ? HealthAnswer.page(request, shown(request, peer, now), PAGE)
                        : HealthAnswer.verdict(request, told(request, peer, now), details);
            }
            case "/health", "/healthz", "/ready", "/readyz" -> {
                return HealthAnswer.verdict(request, told(request, peer, now), details);
            }
            case "/weight" -> {
                return HealthAnswer.weight(request, told(request, peer, now));
            }
            case "/details" -> {
                return details
                        ? HealthAnswer.details(
                                request,
                                HealthStatus.of(view),
                                new Details(
                                        view.snapshot(),
                                        view.admission(),
                                        view.background(),
                                        view.meters(),
                                        checkers.all(),
                                        refusalsHeld.getAsInt(),
                                        clock.nanoTime()))
                        : HealthAnswer.error(request, 403);
            }
            case "/advice" -> {
                return details
                        ? HealthAnswer.report(request, view.advice(request.json()))
                        : HealthAnswer.error(request, 403);
            }
            case "/history" -> {
                return details
                        ? HealthAnswer.report(request.asJson(), view.history())
                        : HealthAnswer.error(request, 403);
            }
            case "/incident" -> {
                return details
                        ? HealthAnswer.report(request, view.incident(request.json()))
                        : HealthAnswer.error(request, 403);
            }
            case "/metrics" -> {
                return details ? HealthAnswer.metrics(request, view.meters()) : HealthAnswer.error(request, 403);
            }
            default -> {
                return HealthAnswer.error(request, 404);
            }
        }
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
