/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a guard is doing, beside its signals. The durations are zero and the trend is calm if it does not run.
 *
 * @param sampleAge age of the newest sample; many periods long if the sampler is late
 * @param idleFloor no connection idle for less is evicted
 * @param queueWait for how long a new connection may wait for a slot now: {@code queueWait}, half of {@code
 *     stalledAfter} at most, less where clients were found to give up earlier
 * @param waited connections that were made to wait for a slot since the guard was built, whether they got one or not;
 *     each is counted when its turn comes, so those still in an accept queue are not among them. How many are there now
 *     says {@link io.tcpguard.signal.Signal#ACCEPT_QUEUE}
 * @param waits for how long they waited
 * @param connectsWithoutPort outgoing connects that found no local port, by {@code TcpGuard.connectFailed}, since the
 *     guard was built
 * @param trend where the descriptors are going; twice a second new at most
 * @param told the verdict as load balancers are told it now: of the newest snapshot, unless nothing has been known for
 *     so long that health fails open
 * @param drainReason why an operator drains; empty if none does
 * @param levelChanges changes of level since the guard was built
 * @param healthChanges changes of health between up and down since the guard was built
 * @param checkers who asks for the verdict
 * @param listeners the guarded listeners, in the order of their names
 */
public record GuardStatus(
        Duration sampleAge,
        Duration idleFloor,
        Duration queueWait,
        long waited,
        WaitHistogram waits,
        long connectsWithoutPort,
        Trend trend,
        Verdict told,
        Optional<String> drainReason,
        long levelChanges,
        long healthChanges,
        CheckerStatus checkers,
        List<ListenerStatus> listeners) {

    /** Copies the list. */
    public GuardStatus {
        listeners = List.copyOf(listeners);
    }
}
