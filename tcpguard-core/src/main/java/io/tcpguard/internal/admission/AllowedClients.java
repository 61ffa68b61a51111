/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.Network;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clients that are never refused for want of a slot, such as the checks of a load balancer, and whether any of them
 * come here. They wait in the same accept queue as everybody. Any thread, no lock.
 */
final class AllowedClients {
    /**
     * A third of what a kubelet's probe waits by default (timeoutSeconds: 1): it waits in the same queue as everybody.
     */
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(300);

    /**
     * So long after the last of them nobody of theirs is expected any more; probes come once a minute or more often.
     */
    private static final long EXPECTED = TimeUnit.MINUTES.toNanos(5);

    private final List<Network> networks;
    private volatile boolean comeHere;
    private volatile long cameAt;

    AllowedClients(List<Network> networks) {
        this.networks = networks;
    }

    boolean none() {
        return networks.isEmpty();
    }

    boolean contains(@Nullable InetAddress source) {
        return source != null && !networks.isEmpty() && Network.anyContains(networks, source);
    }

    /** One of them connects. */
    void came(long now) {
        cameAt = now;
        comeHere = true;
    }

    /** Once a second, from the sampler. */
    void sampled(long now) {
        comeHere = comeHere && now - cameAt < EXPECTED;
    }

    /** Whether one of them may be in the queue. */
    boolean expected() {
        return comeHere;
    }

    /** For how long a new connection may hold up the queue, where it would wait for this long. */
    long longestWait(long nanos) {
        return comeHere ? Math.min(LONGEST_WAIT, nanos) : nanos;
    }
}
