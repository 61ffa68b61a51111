/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The figures of one guarded listener. What is not known is empty, never 0.
 *
 * @param name as it was given
 * @param connections open now, those too that the guard was not asked about
 * @param queued connections in its accept queue
 * @param backlog as many as the queue takes
 * @param workDelay age of the work that waits longest for a thread of its executors
 * @param waits connections that waited for a slot here, and wait no more
 * @param waited how long these waited in all, in the queue and in hand together
 */
public record ListenerStatus(
        String name,
        long connections,
        OptionalLong queued,
        OptionalLong backlog,
        Optional<Duration> workDelay,
        long waits,
        Duration waited) {

    /** Refuses nulls. */
    public ListenerStatus {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(queued, "queued");
        Objects.requireNonNull(backlog, "backlog");
        Objects.requireNonNull(workDelay, "workDelay");
        Objects.requireNonNull(waited, "waited");
    }
}
