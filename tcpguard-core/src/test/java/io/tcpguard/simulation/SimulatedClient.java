package io.tcpguard.simulation;

import io.tcpguard.admission.ConnectionHandle;
import org.jspecify.annotations.Nullable;

/** A user who logs in, beats and leaves; or an abuser who asks once and sits. */
final class SimulatedClient {
    final boolean abuser;
    private final SimulatedCluster cluster;
    private @Nullable SimulatedServer server;
    private @Nullable ConnectionHandle handle;
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
        ConnectionHandle h = s == null ? null : s.connect(this, now);
        if (s == null || h == null) {
            cluster.refused(this);
            cluster.later(this, cluster.jitter(abuser ? 500 : 1_000));
            return;
        }
        server = s;
        handle = h;
        ask(h);
        leavesAt = now + cluster.jitter(20_000) * 1_000_000L;
        if (!abuser) {
            cluster.loggedIn();
            cluster.later(this, cluster.jitter(6_000));
        }
    }

    private static void ask(ConnectionHandle h) {
        if (h.begin()) {
            h.end();
        }
    }

    void leave() {
        SimulatedServer s = server;
        ConnectionHandle h = handle;
        handle = null;
        server = null;
        if (s != null && h != null) {
            s.closed(this, h);
        }
    }

    /** The server or the director took the connection away. */
    void cut() {
        leave();
        if (!abuser) {
            cluster.lost();
        }
        cluster.later(this, cluster.jitter(abuser ? 500 : 1_000));
    }
}
