/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told to the Flight Recorder. One thread calls it. */
public interface Recordings {

    /** Nobody can record: a JRE without the module {@code jdk.jfr}. */
    Recordings NONE = (before, after, now) -> {};

    /**
     * After each sample. Allocates nothing while nobody records.
     *
     * @param now the guard's clock
     */
    void sampled(GuardSnapshot before, GuardSnapshot after, long now);

    /**
     * Loads and commits one event of each kind, since no class can be loaded at exhaustion: a recording that runs has
     * the state at the start.
     */
    static Recordings open(GuardSnapshot first, RefusalCounters shed, LongSupplier waited, long now) {
        try {
            FlightEvents events = new FlightEvents(shed, waited, now);
            events.started(first);
            return events;
        } catch (LinkageError e) {
            Logger log = LoggerFactory.getLogger(Recordings.class);
            log.debug("no jdk.jfr here", e);
            return NONE;
        }
    }
}
