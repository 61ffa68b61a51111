/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/** Told of transitions. */
@FunctionalInterface
public interface GuardListener {
    /**
     * Called on the thread "tcpguard-listeners" after the new snapshot was published. One that blocks holds up the
     * guard's other listeners, nothing else; after ten seconds the log says so. If transitions come faster than they
     * are taken, some are joined into one: {@code before} of the first, {@code after} of the last. What it throws is
     * logged and changes nothing.
     */
    void onTransition(Transition transition);
}
