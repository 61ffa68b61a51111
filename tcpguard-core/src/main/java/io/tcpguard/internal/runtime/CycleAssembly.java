/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.Rehearsal;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.signal.Signal;
import java.util.function.IntSupplier;

/** The parts of the sampling cycle: what is read in each sample, and what once a counter period. */
final class CycleAssembly {
    private CycleAssembly() {}

    static SamplingCycle of(
            GuardConfig config,
            Engine engine,
            AdmissionPolicy policy,
            IoThread io,
            IntSupplier heldByOthers,
            Rehearsal rehearsal,
            LinuxProbes probes) {
        SamplingCycle made = new SamplingCycle(
                config,
                engine,
                policy,
                io.checkers()::observedIntervalNanos,
                () -> io.refusalsHeld() + heldByOthers.getAsInt(),
                AwakeTime::lostNanos,
                rehearsal);
        made.add(new GuardedProbe(probes.everySample(), new Watch(Signal.DESCRIPTORS, "", config), false));
        for (Probe probe : probes.everyCounterPeriod()) {
            made.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), true));
        }
        return made;
    }
}
