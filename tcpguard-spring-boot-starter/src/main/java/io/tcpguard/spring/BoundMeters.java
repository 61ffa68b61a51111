/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.metrics.TcpGuardMetrics;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Binds the meters late, when all registries exist, and removes them with the context. With several registries and none
 * of them primary, each gets them. The binder is no bean: Boot would bind it, too.
 */
final class BoundMeters implements SmartInitializingSingleton, AutoCloseable {
    private final TcpGuardMetrics meters;
    private final ObjectProvider<MeterRegistry> registries;

    BoundMeters(TcpGuard guard, ObjectProvider<MeterRegistry> registries) {
        this.meters = new TcpGuardMetrics(guard);
        this.registries = registries;
    }

    @Override
    public void afterSingletonsInstantiated() {
        MeterRegistry one = registries.getIfUnique();
        if (one != null) {
            meters.bindTo(one);
        } else {
            registries.orderedStream().forEach(meters::bindTo);
        }
    }

    @Override
    public void close() {
        meters.close();
    }
}
