/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.examples.jetty.Flood.Abuse;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class FloodTest {
    private static final int DESCRIPTORS = 256;
    private static final int CLIENTS = 400;

    @Test
    void leavesUsersTheirSessionsAndNewcomersASlot() throws Exception {
        Flood flood = run("guarded", Abuse.ONE_REQUEST_AND_SIT);
        assertThat(flood.served).as("%s", flood).isPositive();
    }

    /** All three at the same time, on the same machine. Only the guarded one has anything left for others. */
    @Tag("long")
    @ParameterizedTest
    @EnumSource(Abuse.class)
    void ofEachKindBesideStockJettyAndJettysOwnLimit(Abuse abuse) throws Exception {
        Callable<Flood> stock = () -> run("stock", abuse);
        Callable<Flood> limited = () -> run("limited", abuse);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Flood>> others = List.of(threads.submit(stock), threads.submit(limited));
            Flood flood = run("guarded", abuse);
            assertThat(flood.served).as("newcomers served, %s", flood).isGreaterThan(flood.refused + flood.unheard);
            for (Future<Flood> other : others) {
                assertThat(other.get().served)
                        .as("newcomers served, %s", other.get())
                        .isZero();
                assertThat(other.get().passedChecks).as("%s", other.get()).isLessThan(other.get().failedChecks);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Flood run(String how, Abuse abuse) throws Exception {
        // Whoever sits may be evicted when the first newcomer comes.
        try (JettyChild server = new JettyChild(DESCRIPTORS, how, "idleFloor=1s");
                Flood flood = new Flood(server)) {
            flood.run(abuse, CLIENTS, 2, 4);
            System.out.println(abuse + ", " + how + ": " + flood);
            assertThat(server.ranOut()).as("%s", server.output()).isEqualTo(how.equals("stock"));
            if (how.equals("guarded")) {
                assertThat(flood.mostDescriptors)
                        .as("the flood reached the admission threshold, and %s", flood)
                        .isBetween(DESCRIPTORS * 3 / 4, DESCRIPTORS - 4);
                assertThat(flood.lost).as("%s; %s", flood, server.output()).isZero();
                assertThat(flood.failedChecks)
                        .as("%s; %s", flood, server.output())
                        .isZero();
            }
            return flood;
        }
    }
}
