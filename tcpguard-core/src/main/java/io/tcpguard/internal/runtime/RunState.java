/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.advisor.Listening;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
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
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A guard's parts while it runs, or {@link #STOPPED} in their place before the start and after the close. Any thread.
 */
public sealed interface RunState permits GuardRuntime, NotRunning {

    /** Nothing runs. */
    RunState STOPPED = new NotRunning();

    /**
     * The parts, running; none if the guard is {@linkplain Setting#ENABLED switched off}.
     *
     * @param heldByOthers connections of other guards of this process
     */
    static RunState start(
            GuardConfig config,
            PublishedSnapshot published,
            GuardCounters counters,
            List<GuardListener> listeners,
            IntSupplier heldByOthers) {
        return config.flag(Setting.ENABLED)
                ? GuardRuntime.start(config, published, counters, listeners, heldByOthers)
                : SwitchedOff.start(config);
    }

    /** Whether there is something to close. */
    boolean running();

    /**
     * Puts a listening socket under guard.
     *
     * @throws IllegalStateException if the guard does not run
     */
    GuardedListener listen(String name, int port, ListenerControl control);

    /**
     * Watches how long work waits in an executor.
     *
     * @throws IllegalStateException if the guard does not run
     */
    Closeable watchWork(String name, Executor executor);

    /** Tells the sampler at once what an operator said; null: to go on. */
    void drain(@Nullable String reason);

    /**
     * Has a signal read as if it were under pressure.
     *
     * @throws IllegalStateException if the guard does not run, or not now
     */
    void rehearse(Signal signal, double pressure, long nanos);

    /** Ends a rehearsal, if one is on. */
    void endRehearsal();

    /** Forgets what is remembered of a source. Whether anything was. */
    boolean forgetSource(InetAddress address);

    /** Tells this listener of transitions, too. */
    void add(GuardListener listener);

    /** No connection idle for less is evicted; 0 if nothing runs. */
    long idleFloorNanos();

    /** For so long may a new connection wait for its turn; 0 if nothing runs. */
    long queueWaitNanos();

    /** The port of the health listener; -1 if there is none. */
    int healthPort();

    /** The sockets by state, counted on the calling thread. */
    Census census();

    /** What happened, in plain words. */
    Optional<String> incident();

    /** The guarded listeners whose queue could be read, with the backlog in force. */
    List<Listening> listening();

    /** Who asks for the verdict. */
    CheckerStatus checkers();

    /** The guarded listeners in figures. */
    List<ListenerStatus> listeners();

    /** Ends everything and waits for the threads; never throws. */
    void close();
}
