/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jmx;

import io.tcpguard.signal.Signal;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.RefusalCounters;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What is shown of a guard, and what an operator may do with it.
 *
 * @param incident what happened, in words
 * @param drain with its reason
 */
public record Operations(
        Supplier<GuardSnapshot> snapshot,
        Supplier<GuardStatus> status,
        RefusalCounters shed,
        Supplier<Optional<String>> incident,
        Consumer<String> drain,
        Runnable resume,
        Rehearse rehearse,
        Runnable endRehearsal,
        Predicate<String> forgetSource) {

    /** Begins a rehearsal. */
    @FunctionalInterface
    public interface Rehearse {
        /** As {@code TcpGuard.rehearse}. */
        void begin(Signal signal, double pressure, Duration duration);
    }
}
