/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import java.io.Closeable;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** As much of a guard as the adapter of a server needs. All methods are safe from any thread. */
public interface AdmissionControl {

    /**
     * Puts a listening socket under guard. From now on health speaks about it too: down while {@code control} says that
     * it does not accept.
     *
     * @param name for people, such as {@code http-nio-8080}
     * @param port the local port; its accept queue is looked up by it. 0: the socket has none, as one of the Unix
     *     domain
     * @throws IllegalStateException if the guard does not run
     */
    GuardedListener listen(String name, int port, ListenerControl control);

    /**
     * Watches how long work waits in an executor that belongs to no listener: a probe task goes through it, never more
     * than one at a time. It must not be discarded: one that does not come back means that work is stuck. Weight and
     * verdict follow it; new connections are refused for it only at listeners that have no executor of their own
     * ({@link GuardedListener#watchWork}).
     *
     * @return ends the watch; throws nothing
     * @throws IllegalStateException if the guard does not run
     */
    Closeable watchWork(String name, Executor executor);

    /**
     * Whether a request on an admitted connection of any listener may be worked on. Peers in {@code allow} always may.
     * One volatile read as a rule.
     *
     * @param source the peer's address; null if not known
     * @return {@link Admission#ADMIT} or {@link Admission#RESPOND}
     */
    Admission admitRequest(@Nullable InetAddress source);

    /** The newest snapshot: one volatile read. */
    GuardSnapshot snapshot();

    /** Fails health on purpose, whatever the signals say; connections are served on. */
    void drain(String reason);
}
