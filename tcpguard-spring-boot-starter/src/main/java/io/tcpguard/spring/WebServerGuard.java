/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import java.time.Duration;
import org.springframework.boot.web.server.WebServerFactory;

/** One kind of web server. A bean of each kind on the class path is asked in turn. */
interface WebServerGuard {

    /**
     * Sees to it that the server which this factory makes is guarded. Called once for each factory, before the
     * application's own customizers.
     *
     * @param guard not started yet, as a rule: {@link #begin} says when it runs. It runs already when a management
     *     server is made
     * @return false if the factory makes none of this kind; nothing was done then
     */
    boolean guard(WebServerFactory factory, TcpGuard guard);

    /** Whether a factory has made a server: in a container Boot has one all the same, and asks it for nothing. */
    boolean serves();

    /** The guard runs; servers have not been started yet, or not again. */
    void begin(TcpGuard guard);

    /** The servers have been started, and accept. */
    void started(TcpGuard guard);

    /**
     * Fails health and blocks until the servers can be stopped, or the time is up. What {@link #started} began is over.
     *
     * @param notice time for the load balancers to see that health is down
     * @param finish longest time to wait after that for connections to end by themselves
     * @throws InterruptedException if interrupted while waiting; health is down
     */
    void drain(TcpGuard guard, Duration notice, Duration finish) throws InterruptedException;
}
