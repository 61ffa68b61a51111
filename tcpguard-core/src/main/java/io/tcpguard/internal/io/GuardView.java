/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.state.GuardSnapshot;

/** What the I/O thread must know of the guard. Called on that thread, often: cheap, never blocking. */
public interface GuardView {
    /** The newest snapshot. */
    GuardSnapshot snapshot();

    /**
     * True once no sample could be taken for so long that the snapshot says nothing any more: health fails open then.
     */
    boolean stale();

    /** Called about once a second: to see whether the sampler lives. Must not throw. */
    default void lookAfterTheSampler() {}

    /** Whether strangers may take one more descriptor now; counts, so not to be asked more than once a connection. */
    boolean roomForStrangers();

    /**
     * Whether a connection that the refusal pool closes first may be reset, to leave no TIME_WAIT; takes it from the
     * budget.
     */
    boolean mayReset();

    /** Whether one for which the refusal pool has no room may be reset; takes it from the budget. */
    boolean mayResetForWantOfRoom();

    /** What the advisor says, for {@code /advice}; made beforehand, since files must not be read on this thread. */
    String advice(boolean json);

    /** What happened, for {@code /incident}. */
    String incident(boolean json);

    /** All figures of this moment, for {@code /metrics}. */
    MeterSource meters();

    /** The last ten minutes and the last hour, for {@code /history}, as JSON. */
    String history();

    /** What new connections meet at the limit, for those who ask for details. */
    AdmissionStatus admission();

    /** What is known beside the signals, for those who ask for details. */
    Diagnostics background();
}
