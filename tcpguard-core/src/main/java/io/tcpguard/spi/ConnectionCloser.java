/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/** The adapter's way to close one idle connection whose slot is needed. */
@FunctionalInterface
public interface ConnectionCloser {
    /**
     * Closes the connection at once. Called at most once, by the thread that accepts (of any listener of this guard),
     * or, while memory runs out, by the sampler; only while no work is in progress; {@link ConnectionHandle#begin()}
     * answers false from just before this call on. Must not block. Must lead to {@link ConnectionHandle#closed()}.
     */
    void close(Closing how);

    /**
     * Asked before an idle connection is evicted: whether something is in progress that its handle can't tell,
     * such as bytes of the client that the server does not take by its own choice, or bytes to the client that are on
     * their way and move. Then the connection is spared, and this is asked again after a quarter of its minimum idle
     * time. Called by the same threads, under the guard's lock: must neither block nor call the guard.
     * Default: false.
     */
    default boolean inProgress() {
        return false;
    }
}
