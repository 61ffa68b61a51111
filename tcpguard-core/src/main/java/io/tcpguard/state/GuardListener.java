/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/** Told of transitions. */
@FunctionalInterface
public interface GuardListener {
    /**
     * Called on the guard's I/O thread after the new snapshot was published. Must not block for longer than a few
     * milliseconds: the health listener waits for it. If transitions come faster than they are taken, some are joined
     * into one: {@code before} of the first, {@code after} of the last. What it throws is logged and changes nothing.
     */
    void onTransition(Transition transition);
}
