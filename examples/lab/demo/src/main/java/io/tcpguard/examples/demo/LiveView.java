/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

/** Shows the run while it goes. */
interface LiveView {
    /** Called once, when both servers are up: the guarded one shows itself at this address while the run goes. */
    default void serving(String page) {}

    /** Called once a second. */
    void show(Schedule schedule, Second stock, Second guarded);
}
