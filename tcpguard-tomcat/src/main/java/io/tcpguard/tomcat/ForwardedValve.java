/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardedListener;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.catalina.Container;
import org.apache.catalina.Engine;
import org.apache.catalina.Host;
import org.apache.catalina.Pipeline;
import org.apache.catalina.Service;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.RemoteIpValve;
import org.jspecify.annotations.Nullable;

/**
 * Asks for requests of one connector by whose they are: behind each {@link RemoteIpValve} of an engine or a host, which
 * has the client's address from a proxy that the application trusts. A header of anybody else changes nothing there.
 */
final class ForwardedValve {
    private final Connector connector;
    private final RequestGate gate;
    private final Supplier<@Nullable GuardedListener> listener;
    private final List<Placed> placed = new ArrayList<>();
    private volatile @Nullable Proxy last;

    private record Proxy(String text, InetAddress address) {}

    /** @param listener the connector's, asked for each request; null: it has none now */
    ForwardedValve(Connector connector, RequestGate gate, Supplier<@Nullable GuardedListener> listener) {
        this.connector = connector;
        this.gate = gate;
        this.listener = listener;
    }

    /** Puts it where it is to be and is not yet. */
    synchronized void place() {
        Service service = connector.getService();
        Engine engine = service == null ? null : service.getContainer();
        if (engine == null) {
            return;
        }
        place(engine.getPipeline());
        for (Container host : engine.findChildren()) {
            if (host instanceof Host) {
                place(host.getPipeline());
            }
        }
    }

    private void place(Pipeline pipeline) {
        boolean trusts = false;
        for (Valve valve : pipeline.getValves()) {
            if (valve instanceof Placed here && here.isOf(this)) {
                return;
            }
            trusts |= valve instanceof RemoteIpValve;
        }
        if (trusts) {
            Placed valve = new Placed(pipeline);
            pipeline.addValve(valve);
            placed.add(valve);
        }
    }

    synchronized void remove() {
        placed.forEach(valve -> valve.pipeline.removeValve(valve));
        placed.clear();
    }

    /** True: the request was refused, and is answered. */
    private boolean refuses(Request request, Response response) throws IOException {
        GuardedListener by = request.getConnector() == connector ? listener.get() : null;
        String client = by == null || request.isAsyncDispatching() ? null : request.getRemoteAddr();
        if (by == null || client == null) {
            return false;
        }
        org.apache.coyote.Request raw = request.getCoyoteRequest();
        String proxy = raw.remoteAddr().toString();
        InetAddress peer = client.equals(proxy) ? null : peer(proxy, raw);
        if (peer == null || !by.admitForwarded(peer, client).refused() || gate.isExemptPath(raw)) {
            return false;
        }
        RequestGate.answer(response.getCoyoteResponse(), by);
        return true;
    }

    /** There are few proxies, and each sends many requests: its address is read once as long as it sends the last. */
    private @Nullable InetAddress peer(@Nullable String text, org.apache.coyote.Request raw) {
        Proxy known = last;
        if (known == null || !known.text.equals(text)) {
            InetAddress address = RequestGate.peerOf(raw);
            if (text == null || address == null) {
                return address;
            }
            known = new Proxy(text, address);
            last = known;
        }
        return known.address;
    }

    /** One in a pipeline. */
    private final class Placed extends RefusingValve {
        private final Pipeline pipeline;

        Placed(Pipeline pipeline) {
            this.pipeline = pipeline;
        }

        boolean isOf(ForwardedValve owner) {
            return owner == ForwardedValve.this;
        }

        @Override
        boolean refuses(Request request, Response response) throws IOException {
            return ForwardedValve.this.refuses(request, response);
        }
    }
}
