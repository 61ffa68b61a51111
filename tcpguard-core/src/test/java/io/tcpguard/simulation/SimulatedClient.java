/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import io.tcpguard.spi.ConnectionHandle;
import org.jspecify.annotations.Nullable;

/** A user who logs in, beats and leaves; or an abuser who asks once and sits. Both bear any wait that the guard allows. */
final class SimulatedClient {
    final boolean abuser;
    private final SimulatedCluster cluster;
    private @Nullable SimulatedServer server;
    private @Nullable ConnectionHandle handle;
    private boolean gone;
    /** When its timer goes off; an earlier one was cancelled by the later. */
    long due;

    private long leavesAt;

    SimulatedClient(SimulatedCluster cluster, boolean abuser) {
        this.cluster = cluster;
        this.abuser = abuser;
    }

    boolean inSession() {
        return handle != null;
    }

    /** Its timer went off. */
    void act(long now) {
        ConnectionHandle h = handle;
        if (h == null) {
            connect(now);
        } else if (now >= leavesAt) {
            leave();
            cluster.later(this, cluster.jitter(2_000));
        } else {
            ask(h);
            cluster.later(this, cluster.jitter(6_000));
        }
    }

    private void connect(long now) {
        SimulatedServer s = cluster.director().choose();
        server = s;
        if (s == null) {
            refused();
        } else {
            s.connect(this, now);
        }
    }

    void admitted(ConnectionHandle h, long now) {
        handle = h;
        if (gone) {
            leave();
            return;
        }
        ask(h);
        leavesAt = now + cluster.jitter(20_000) * 1_000_000L;
        if (!abuser) {
            cluster.loggedIn();
            cluster.later(this, cluster.jitter(6_000));
        }
    }

    void refused() {
        server = null;
        cluster.refused(this);
        cluster.later(this, cluster.jitter(abuser ? 500 : 1_000));
    }

    private static void ask(ConnectionHandle h) {
        if (h.begin()) {
            h.end();
        }
    }

    /** Who waits in an accept queue stays there: the server learns of it when it is accepted. */
    void goAway() {
        gone = true;
        leave();
    }

    private void leave() {
        SimulatedServer s = server;
        ConnectionHandle h = handle;
        if (s != null && h != null) {
            handle = null;
            server = null;
            s.closed(this, h);
        }
    }

    /** The server or the director took the connection away. */
    void cut() {
        boolean user = inSession() && !abuser;
        leave();
        server = null;
        if (user) {
            cluster.lost();
        }
        cluster.later(this, cluster.jitter(abuser ? 500 : 1_000));
    }
}
