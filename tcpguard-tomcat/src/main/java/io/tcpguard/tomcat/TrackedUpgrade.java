package io.tcpguard.tomcat;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** HTTP/2 with an adapter of its own for each connection, so that its streams are counted as work. */
final class TrackedUpgrade implements UpgradeProtocol {
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
        return delegate.getProcessor(wrapper, track(wrapper, adapter));
    }

    @Override
    public InternalHttpUpgradeHandler getInternalUpgradeHandler(
            SocketWrapperBase<?> wrapper, Adapter adapter, Request request) {
        return delegate.getInternalUpgradeHandler(wrapper, track(wrapper, adapter), request);
    }

    private Adapter track(SocketWrapperBase<?> wrapper, Adapter adapter) {
        GuardedConnection connection = endpoint.registry().of(wrapper);
        if (connection == null || !(adapter instanceof GuardedAdapter guarded)) {
            return adapter;
        }
        connection.multiplex();
        return new StreamAdapter(guarded, connection);
    }

    @Override
    public boolean accept(Request request) {
        return delegate.accept(request);
    }
}
