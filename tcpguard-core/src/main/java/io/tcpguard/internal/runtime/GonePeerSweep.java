/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.linux.PeerTable;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.spi.GonePeers;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.ListenerControl;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * While slots are scarce, whichever limit makes them so: has the listeners end what is over for its client, though
 * nobody reads there to notice. On a thread of its own for each look, since the kernel may walk the table of the whole
 * machine for it; a twentieth of the time at most.
 */
final class GonePeerSweep implements Runnable {
    private static final GuardLog LOG = GuardLog.of(GonePeerSweep.class);
    private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);
    private static final long BUDGET = TimeUnit.SECONDS.toNanos(1);

    private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(1);
    private static final long PAUSE_PER_COST = 20;

    private final PeerTable table;
    private final Supplier<Collection<Integer>> ports;
    private final LongPredicate scarce;
    private final GonePeers peers;
    private final List<ListenerControl> controls;
    private volatile boolean underWay;
    private volatile boolean known;
    private volatile long nextAt;
    private boolean complained;

    /**
     * @param controls of the listeners that are guarded now
     * @param ports that the listeners have
     * @param scarce whether at this time new connections are refused or take others' slots
     */
    GonePeerSweep(
            PeerTable table,
            List<ListenerControl> controls,
            Supplier<Collection<Integer>> ports,
            LongPredicate scarce,
            long now) {
        this.table = table;
        this.controls = controls;
        this.peers = asOf(table);
        this.ports = ports;
        this.scarce = scarce;
        this.nextAt = now;
    }

    private static GonePeers asOf(PeerTable table) {
        return new GonePeers() {
            @Override
            public boolean gone(InetSocketAddress peer, int localPort) {
                return table.gone(peer, localPort);
            }

            @Override
            public boolean broken(InetSocketAddress peer, int localPort) {
                return table.broken(peer, localPort);
            }
        };
    }

    /** Looks if it is time. The sampler's thread. */
    void sampled(long now) {
        if (underWay || now - nextAt < 0 || !(known || scarce.test(now))) {
            return;
        }
        underWay = true;
        try {
            Thread thread = new Thread(this, "tcpguard-peers");
            thread.setDaemon(true);
            thread.start();
        } catch (RuntimeException | Error e) {
            // No thread can be made just now.
            nextAt = now + PERIOD;
            underWay = false;
        }
    }

    @Override
    public void run() {
        long start = AwakeTime.nanoTime();
        try {
            if (!scarce.test(start)) {
                table.forget();
                known = false;
                return;
            }
            known = table.look(ports.get(), BUDGET);
            if (known) {
                for (ListenerControl control : controls) {
                    control.endGone(peers);
                }
            }
        } catch (RuntimeException | Error e) {
            // At the limit of descriptors anything may fail; the next look may be luckier.
            if (!complained) {
                complained = true;
                LOG.warn("tcpguard: could not look for connections whose client is gone", e);
            }
        } finally {
            long end = AwakeTime.nanoTime();
            nextAt = end + Math.min(LONGEST_PAUSE, Math.max(PERIOD, (end - start) * PAUSE_PER_COST));
            underWay = false;
        }
    }
}
