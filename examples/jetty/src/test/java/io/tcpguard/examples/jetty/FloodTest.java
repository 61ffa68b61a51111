/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.examples.jetty.Flood.Abuse;
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
        try (JettyChild guarded = new JettyChild(DESCRIPTORS, "guarded", "idleFloor=1s");
                Flood flood = new Flood(guarded, true)) {
            flood.run(Abuse.ONE_REQUEST_AND_SIT, CLIENTS, 4);
            keptItsPromises(guarded, flood);
        }
    }

    /** Of the three only the guarded one keeps users, newcomers and the health check at the same time. */
    @Tag("record")
    @ParameterizedTest
    @EnumSource(Abuse.class)
    void ofEachKindBesideStockJettyAndJettysOwnLimit(Abuse abuse) throws Exception {
        try (JettyChild stock = new JettyChild(DESCRIPTORS, "stock");
                Flood flood = new Flood(stock, false)) {
            flood.run(abuse, CLIENTS, 25);
            System.out.println(abuse + ", stock Jetty: " + flood);
            // Slow readers take its threads before its descriptors.
            assertThat(stock.ranOut()).as("stock Jetty runs out of descriptors").isEqualTo(abuse != Abuse.SLOW_READER);
            assertThat(flood.servedLate).as("newcomers served late").isZero();
        }
        try (JettyChild limited = new JettyChild(DESCRIPTORS, "limited");
                Flood flood = new Flood(limited, false)) {
            flood.run(abuse, CLIENTS, 25);
            System.out.println(abuse + ", NetworkConnectionLimit: " + flood);
            assertThat(limited.ranOut()).isFalse();
            assertThat(flood.hung).as("newcomers that hung").isPositive();
            assertThat(flood.servedLate).as("newcomers served late").isZero();
        }
        try (JettyChild guarded = new JettyChild(DESCRIPTORS, "guarded");
                Flood flood = new Flood(guarded, true)) {
            flood.run(abuse, CLIENTS, 25);
            System.out.println(abuse + ", guarded: " + flood);
            keptItsPromises(guarded, flood);
            assertThat(flood.servedLate).as("newcomers served late").isPositive();
        }
    }

    private static void keptItsPromises(JettyChild server, Flood flood) {
        assertThat(flood.mostDescriptors)
                .as("the flood reached the admission threshold, and %s", flood)
                .isBetween(DESCRIPTORS * 3 / 4, DESCRIPTORS - 4);
        assertThat(server.ranOut()).isFalse();
        assertThat(flood.lost).as("%s; %s", flood, server.output()).isZero();
        assertThat(flood.failedChecks).as("failed checks, %s", server.output()).isZero();
        assertThat(flood.served).as("newcomers served, %s", flood).isPositive();
    }
}
