/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** HTTP/2 with an adapter of its own for each connection, so that its streams are counted as work. */
final class TrackedUpgrade implements UpgradeProtocol {
    /** Tomcat's default for a stream. */
    private static final long LONGEST_WRITE_MILLIS = 20_000;

    private final UpgradeProtocol delegate;
    private final GuardedNioEndpoint endpoint;

    TrackedUpgrade(UpgradeProtocol delegate, GuardedNioEndpoint endpoint) {
        this.delegate = delegate;
        this.endpoint = endpoint;
    }

    @Override
    public String getHttpUpgradeName(boolean tls) {
        return delegate.getHttpUpgradeName(tls);
    }

    @Override
    public byte[] getAlpnIdentifier() {
        return delegate.getAlpnIdentifier();
    }

    @Override
    public String getAlpnName() {
        return delegate.getAlpnName();
    }

    @Override
    public Processor getProcessor(SocketWrapperBase<?> wrapper, Adapter adapter) {
        try {
            return delegate.getProcessor(wrapper, track(wrapper, adapter));
        } catch (Error e) {
            endpoint.registry().noteError();
            throw e;
        }
    }

    @Override
    public InternalHttpUpgradeHandler getInternalUpgradeHandler(
            SocketWrapperBase<?> wrapper, Adapter adapter, Request request) {
        try {
            return delegate.getInternalUpgradeHandler(wrapper, track(wrapper, adapter), request);
        } catch (Error e) {
            endpoint.registry().noteError();
            throw e;
        }
    }

    private long fileMillis() {
        return delegate instanceof Http2Protocol http2
                ? Math.max(http2.getWriteTimeout(), http2.getStreamWriteTimeout())
                : LONGEST_WRITE_MILLIS;
    }

    private Adapter track(SocketWrapperBase<?> wrapper, Adapter adapter) {
        GuardedConnection connection = endpoint.registry().of(wrapper);
        if (connection == null || !(adapter instanceof GuardedAdapter guarded)) {
            return adapter;
        }
        connection.multiplex();
        return new StreamAdapter(guarded, connection, endpoint, fileMillis());
    }

    @Override
    public boolean accept(Request request) {
        return delegate.accept(request);
    }
}
