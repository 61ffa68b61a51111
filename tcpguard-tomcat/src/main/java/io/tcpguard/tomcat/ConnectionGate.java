/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the eviction of a connection apart from the workers inside. What is left of an evicted connection is closed by
 * the evictor if nobody was inside, else by the last worker on its way out; never while one works on it. A worker that
 * comes too late closes it again, which must do no harm. Any thread.
 *
 * <p>Its number is {@link #EVICTED}, plus {@link #WORKER} for each worker inside: Tomcat nests them when it dispatches
 * on the same thread. It is a number itself, since each connection has one.
 */
final class ConnectionGate extends AtomicInteger {
    private static final long serialVersionUID = 1;

    private static final int EVICTED = 1;
    private static final int WORKER = 2;

    /** What an evictor has to do. */
    enum Eviction {
        /** Close all: nobody is inside, and nobody comes in any more. */
        NOBODY_INSIDE,
        /** Close the socket: the last worker closes the rest. */
        WORKER_INSIDE,
        /** Nothing: another one has come before. */
        EVICTED_BEFORE
    }

    /** Whether the worker may work on it; whatever the answer, it needs one {@link #leave}. */
    boolean enter() {
        return (getAndAdd(WORKER) & EVICTED) == 0;
    }

    /** True: it was evicted meanwhile, and the caller is the last one inside: close what is left. */
    boolean leave() {
        return addAndGet(-WORKER) == EVICTED;
    }

    /** From now on no worker gets in. */
    Eviction evict() {
        int before = getAndUpdate(value -> value | EVICTED);
        if ((before & EVICTED) != 0) {
            return Eviction.EVICTED_BEFORE;
        }
        return before == 0 ? Eviction.NOBODY_INSIDE : Eviction.WORKER_INSIDE;
    }

    boolean workerInside() {
        return get() >= WORKER;
    }

    /** Nobody is inside, and it was not evicted. */
    boolean idle() {
        return get() == 0;
    }
}
