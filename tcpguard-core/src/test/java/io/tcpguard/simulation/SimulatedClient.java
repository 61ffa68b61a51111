/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import io.tcpguard.spi.ConnectionHandle;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A user who logs in, beats and leaves; or an abuser who asks once and sits. Both bear any wait that the guard allows.
 */
final class SimulatedClient {
    final boolean abuser;

    /** Null: not known to the server. */
    final @Nullable InetAddress address;

    /** Milliseconds between two requests of an abuser, who never leaves; 0: it asks once. */
    private final int abuserBeat;

    private final SimulatedCluster cluster;
    private @Nullable SimulatedServer server;
    private @Nullable ConnectionHandle handle;
    private boolean gone;
    /** When its timer goes off; an earlier one was cancelled by the later. */
    long due;

    private long leavesAt;

    SimulatedClient(SimulatedCluster cluster, boolean abuser, @Nullable InetAddress address, int abuserBeat) {
        this.cluster = cluster;
        this.abuser = abuser;
        this.address = address;
        this.abuserBeat = abuserBeat;
    }

    boolean inSession() {
        return handle != null;
    }

    /** Its timer went off. */
    void act(long now) {
        ConnectionHandle h = handle;
        if (h == null) {
            connect(now);
        } else if (!abuser && now >= leavesAt) {
            leave();
            cluster.later(this, cluster.jitter(2_000));
        } else if (asksAndStays(h)) {
            cluster.later(this, cluster.jitter(abuser ? abuserBeat : 6_000));
        } else {
            cut();
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
        if (!asksAndStays(h)) {
            cut();
            return;
        }
        leavesAt = now + cluster.jitter(20_000) * 1_000_000L;
        if (!abuser) {
            cluster.loggedIn();
            cluster.later(this, Math.min(cluster.jitter(6_000), (leavesAt - now) / 1_000_000));
        } else if (abuserBeat > 0) {
            cluster.later(this, cluster.jitter(abuserBeat));
        }
    }

    void refused() {
        server = null;
        cluster.refused(this);
        cluster.later(this, cluster.jitter(abuser ? 500 : 1_000));
    }

    /** False: the answer says that the connection ends. */
    private static boolean asksAndStays(ConnectionHandle h) {
        boolean stays = true;
        if (h.begin()) {
            stays = !h.leaves();
            h.end();
        }
        return stays;
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
