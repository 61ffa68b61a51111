/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.concurrency;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * How many orders of steps are tried: few in the long suite; {@code -Dorders=long} for the record. An invariant that
 * breaks is thrown by the operation that sees it, and Lincheck prints the order.
 */
public final class Orders {
    private static final boolean LONG = "long".equals(System.getProperty("orders"));

    private Orders() {}

    /** Two threads of a few steps, each way that they can meet. */
    public static ModelCheckingOptions ofTwo() {
        return options(2);
    }

    /** Three threads. */
    public static ModelCheckingOptions ofThree() {
        return options(3);
    }

    private static ModelCheckingOptions options(int threads) {
        return new ModelCheckingOptions()
                .threads(threads)
                .actorsPerThread(LONG ? 4 : 3)
                .actorsBefore(1)
                .actorsAfter(1)
                .iterations(LONG ? 300 : 6)
                .invocationsPerIteration(LONG ? 10_000 : 200)
                .minimizeFailedScenario(LONG);
    }
}
