/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Who asks for the verdict on the guard's ports.
 *
 * @param regular how many ask regularly and did so within the last five minutes; 64 are remembered at most
 * @param sinceLast time since anybody asked last; empty if nobody has
 */
public record CheckerStatus(int regular, Optional<Duration> sinceLast) {
    /** Nobody has asked. */
    public static final CheckerStatus NOBODY = new CheckerStatus(0, Optional.empty());

    /** Refuses nulls. */
    public CheckerStatus {
        Objects.requireNonNull(sinceLast, "sinceLast");
    }
}
