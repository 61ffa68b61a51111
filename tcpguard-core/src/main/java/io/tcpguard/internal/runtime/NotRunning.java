/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.advisor.Listening;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.CheckerStatus;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.ListenerStatus;
import java.io.Closeable;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The guard before its start and after its close: watches nothing, knows nothing, and refuses with an {@link
 * IllegalStateException} what only a running one can do.
 */
sealed class NotRunning implements RunState permits SwitchedOff {

    @Override
    public boolean running() {
        return false;
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        throw notStarted();
    }

    @Override
    public Closeable watchWork(String name, Executor executor) {
        throw notStarted();
    }

    private static IllegalStateException notStarted() {
        return new IllegalStateException("this guard does not run: call start() first");
    }

    @Override
    public void drain(@Nullable String reason) {
        // Heard at the start: PublishedSnapshot remembers it.
    }

    @Override
    public void rehearse(Signal signal, double pressure, long nanos) {
        throw notStarted();
    }

    @Override
    public void endRehearsal() {
        // None is on.
    }

    @Override
    public boolean forgetSource(InetAddress address) {
        return false;
    }

    @Override
    public void add(GuardListener listener) {
        // Heard at the start.
    }

    @Override
    public long idleFloorNanos() {
        return 0;
    }

    @Override
    public long queueWaitNanos() {
        return 0;
    }

    @Override
    public int healthPort() {
        return -1;
    }

    @Override
    public Census census() {
        return Census.failed("the guard does not run");
    }

    @Override
    public Optional<String> incident() {
        return Optional.empty();
    }

    @Override
    public List<Listening> listening() {
        return List.of();
    }

    @Override
    public CheckerStatus checkers() {
        return CheckerStatus.NOBODY;
    }

    @Override
    public List<ListenerStatus> listeners() {
        return List.of();
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
