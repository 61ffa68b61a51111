/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/**
 * What is learned of the clients from their connections, and the clock of it.
 *
 * @param gaps how long healthy clients are idle between two requests
 * @param patience how long they wait
 * @param tenure how long their sessions last
 * @param pace how often they come back
 * @param history what each source did
 */
record ClientModel(
        IdleFloorEstimator gaps,
        AdaptiveQueueWait patience,
        TenureEstimator tenure,
        PaceEstimator pace,
        SourceHistory history,
        CoarseClock clock) {

    /** Nothing is known. */
    static ClientModel empty(long longestWait, CoarseClock clock) {
        return new ClientModel(
                new IdleFloorEstimator(),
                new AdaptiveQueueWait(longestWait),
                new TenureEstimator(),
                new PaceEstimator(),
                new SourceHistory(new SourceMemory(clock)),
                clock);
    }

    /**
     * Once a second, by the sampler.
     *
     * @param shedding whether new connections are refused or replace others: then nothing is learned of the healthy ones
     */
    void update(boolean shedding) {
        gaps.freeze(shedding);
        gaps.update();
        tenure.freeze(shedding);
        tenure.update();
        pace.freeze(shedding);
        pace.update();
        patience.update();
        history.memory().sweep();
    }

    /** Lets the past count half. */
    void forget() {
        gaps.forget();
        tenure.forget();
        pace.forget();
    }
}
