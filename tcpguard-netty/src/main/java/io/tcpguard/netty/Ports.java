/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Pacing;
import io.tcpguard.spi.ReplyBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the ports of one {@link NettyGuard} share: policy, protocol, the room for answers. */
final class Ports {
    /** Each costs a descriptor beyond those for answers, for the time of one read. */
    private static final int LEAVERS = 1;

    final AdmissionControl policy;
    final Protocol protocol;
    /** For how long nobody may be served before health fails, in nanoseconds. */
    final long stalledAfter;
    /** Whether clients are proxies, which take a reset for a failure of this server. */
    final boolean behindProxy;

    private final List<ServerPort> lost = new ArrayList<>();
    private final AtomicInteger goAwaysInProgress = new AtomicInteger();
    private final AtomicInteger leavers = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    /** With those that are closed and have connections yet. */
    private final Set<ServerPort> ports;

    private volatile int maxConnections = -1;
    private volatile boolean unguarded;
    private volatile boolean leaving;

    Ports(AdmissionControl policy, Protocol protocol) {
        this(policy, protocol, TimeUnit.SECONDS.toNanos(10), false);
    }

    Ports(AdmissionControl policy, Protocol protocol, long stalledAfter, boolean behindProxy) {
        this(policy, protocol, stalledAfter, behindProxy, ConcurrentHashMap.newKeySet());
    }

    /** @param ports empty; for any number of threads */
    Ports(AdmissionControl policy, Protocol protocol, long stalledAfter, boolean behindProxy, Set<ServerPort> ports) {
        this.ports = ports;
        this.policy = policy;
        this.stalledAfter = stalledAfter;
        this.behindProxy = behindProxy;
        this.protocol = protocol;
    }

    /** The port of this server channel, registered now if it was not. */
    ServerPort of(Channel server) {
        ServerPort known = server.attr(ServerPort.KEY).get();
        if (known != null) {
            return known;
        }
        synchronized (this) {
            known = server.attr(ServerPort.KEY).get();
            if (known == null) {
                known = new ServerPort(this, server);
                lost.forEach(ServerPort::close);
                lost.clear();
                server.attr(ServerPort.KEY).set(known);
                server.closeFuture().addListener(known);
            }
            return known;
        }
    }

    /**
     * The same, or null if that can't be now: the guard does not run yet, or no more. Said once, until it works
     * again.
     */
    @Nullable ServerPort tryOf(Channel server) {
        try {
            ServerPort port = of(server);
            unguarded = false;
            return port;
        } catch (RuntimeException | Error e) {
            if (!unguarded) {
                unguarded = true;
                NettyLog.LOG.warn("{} is not guarded, retrying: {}", server, e.toString());
            }
            return null;
        }
    }

    /** A port has gone with its event loop: health misses it until there is another one. */
    synchronized void lost(ServerPort port) {
        if (!lost.contains(port)) {
            lost.add(port);
        }
    }

    /** As many as each port may hold; negative: any number. */
    int maxConnections() {
        return maxConnections;
    }

    void maxConnections(int most) {
        maxConnections = most;
    }

    void list(ServerPort port) {
        ports.add(port);
    }

    void forget(ServerPort port) {
        ports.remove(port);
    }

    /** Admitted connections that are open. */
    List<ConnectionTracker> connections() {
        return ports.stream().flatMap(port -> port.connections.stream()).toList();
    }

    /** Whether connections are to end with their next answer. */
    boolean leaving() {
        return leaving;
    }

    void leave(boolean now) {
        leaving = now;
    }

    /**
     * Whether an evicted connection may take the time for a GOAWAY or a last answer, since its client does not read
     * it at once. Few may.
     */
    boolean tryGoAway(boolean draining) {
        if (draining || goAwaysInProgress.incrementAndGet() <= Pacing.GOAWAYS_AT_A_TIME) {
            return true;
        }
        goAwaysInProgress.decrementAndGet();
        return false;
    }

    /** Once for each that was granted. */
    void goAwayOver(boolean draining) {
        if (!draining) {
            goAwaysInProgress.decrementAndGet();
        }
    }

    /** Takes a slot for an answer, if there is one. An orderly close needs none. */
    boolean tryAnswer() {
        if (needsNoAnswer()) {
            return true;
        }
        int held = answers.getAndIncrement();
        if (held < ReplyBudget.ofBatches(policy.snapshot().capacity(), held)) {
            return true;
        }
        answers.decrementAndGet();
        return false;
    }

    /** Where nothing is said a close is at once; a proxy's takes as long as an answer. */
    boolean needsNoAnswer() {
        return protocol == Protocol.OTHER && !behindProxy;
    }

    /** Takes one of the few slots of those who are told nothing and may end in an orderly way all the same. */
    boolean tryLeave() {
        if (leavers.getAndIncrement() < LEAVERS) {
            return true;
        }
        leavers.decrementAndGet();
        return false;
    }

    /** Gives it back. */
    void left() {
        leavers.decrementAndGet();
    }

    /** Gives a slot for an answer back. */
    void answered() {
        if (!needsNoAnswer()) {
            answers.decrementAndGet();
        }
    }
}
