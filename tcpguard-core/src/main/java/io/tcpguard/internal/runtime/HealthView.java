/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.io.AdmissionStatus;
import io.tcpguard.internal.io.Diagnostics;
import io.tcpguard.internal.io.GuardView;
import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.sampling.SamplerThread;
import io.tcpguard.state.GuardSnapshot;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the I/O thread asks of the rest of the guard, put together from its parts. Reads only; never blocks. */
final class HealthView implements GuardView {
    private volatile @Nullable SamplerThread sampler;
    private final PublishedSnapshot published;
    private final AdmissionPolicy policy;
    private final RuntimeReports reports;
    private final LongSupplier queueWaitNanos;
    private final LongSupplier waited;
    private final Supplier<MeterSource> meters;

    HealthView(
            PublishedSnapshot published,
            AdmissionPolicy policy,
            RuntimeReports reports,
            LongSupplier queueWaitNanos,
            LongSupplier waited,
            Supplier<MeterSource> meters) {
        this.published = published;
        this.policy = policy;
        this.reports = reports;
        this.queueWaitNanos = queueWaitNanos;
        this.waited = waited;
        this.meters = meters;
    }

    @Override
    public GuardSnapshot snapshot() {
        return published.told(AwakeTime.nanoTime());
    }

    /** The sampler's thread, to be renewed if it is gone. */
    void watchOver(SamplerThread thread) {
        sampler = thread;
    }

    @Override
    public void lookAfterTheSampler() {
        SamplerThread thread = sampler;
        if (thread != null) {
            thread.reviveIfDead();
        }
        published.renewIfLate(AwakeTime.nanoTime());
    }

    @Override
    public boolean stale() {
        return published.staleForHealth(AwakeTime.nanoTime());
    }

    @Override
    public boolean mayReset() {
        return policy.mayReset(AwakeTime.nanoTime());
    }

    @Override
    public boolean mayResetForWantOfRoom() {
        return policy.mayResetForWantOfRoom(AwakeTime.nanoTime());
    }

    @Override
    public boolean roomForStrangers() {
        return policy.roomForAnswers(0) > 0;
    }

    @Override
    public String advice(boolean json) {
        return reports.advisor().advice(json);
    }

    @Override
    public String incident(boolean json) {
        return reports.incidents().page(json);
    }

    @Override
    public MeterSource meters() {
        return meters.get();
    }

    @Override
    public String history() {
        return reports.history().json(AwakeTime.nanoTime());
    }

    @Override
    public AdmissionStatus admission() {
        return new AdmissionStatus(policy.idleFloorNanos(), queueWaitNanos.getAsLong(), waited.getAsLong());
    }

    @Override
    public Diagnostics background() {
        return reports.diagnostics()
                .background(published.trend())
                .with(reports.leaks().held())
                .and(reports.leaks().remarks())
                .and(policy.sources(AwakeTime.nanoTime()));
    }
}
