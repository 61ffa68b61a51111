/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import java.util.Arrays;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardService;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connector is gone: destroyed, or removed from its service, stopped before that or by it. One that is only
 * stopped is to serve again, and is missed meanwhile.
 */
final class ConnectorLife implements LifecycleListener, PropertyChangeListener {
    private final Connector connector;
    private final ForwardedValve forwarded;
    private final Runnable gone;
    private @Nullable StandardService followed;

    private ConnectorLife(Connector connector, ForwardedValve forwarded, Runnable gone) {
        this.connector = connector;
        this.forwarded = forwarded;
        this.gone = gone;
    }

    /**
     * @param forwarded placed whenever the connector has started, and removed in the end
     * @param gone may be called more than once: a connector that was removed may be added again
     */
    static ConnectorLife follow(Connector connector, ForwardedValve forwarded, Runnable gone) {
        ConnectorLife life = new ConnectorLife(connector, forwarded, gone);
        connector.addLifecycleListener(life);
        life.followService();
        forwarded.place();
        return life;
    }

    static boolean isFollowed(Connector connector) {
        for (LifecycleListener listener : connector.findLifecycleListeners()) {
            if (listener instanceof ConnectorLife) {
                return true;
            }
        }
        return false;
    }

    void end() {
        connector.removeLifecycleListener(this);
        unfollowService();
        forwarded.remove();
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        switch (event.getType()) {
            case Lifecycle.BEFORE_START_EVENT -> followService();
            case Lifecycle.AFTER_START_EVENT -> forwarded.place();
            case Lifecycle.BEFORE_STOP_EVENT -> {
                if (isRemoved()) {
                    // Before it stops, or health would miss it while it does.
                    gone.run();
                }
            }
            case Lifecycle.AFTER_DESTROY_EVENT -> {
                gone.run();
                end();
            }
            default -> {
                // It lives.
            }
        }
    }

    /** A service takes a connector out of its list first, and then stops it. */
    private boolean isRemoved() {
        Service service = connector.getService();
        return service != null && !Arrays.asList(service.findConnectors()).contains(connector);
    }

    @Override
    public void propertyChange(PropertyChangeEvent change) {
        if ("connector".equals(change.getPropertyName()) && change.getOldValue() == connector) {
            unfollowService();
            gone.run();
        }
    }

    private synchronized void followService() {
        if (connector.getService() instanceof StandardService service && service != followed) {
            unfollowService();
            service.addPropertyChangeListener(this);
            followed = service;
        }
    }

    private synchronized void unfollowService() {
        StandardService service = followed;
        followed = null;
        if (service != null) {
            service.removePropertyChangeListener(this);
        }
    }
}
