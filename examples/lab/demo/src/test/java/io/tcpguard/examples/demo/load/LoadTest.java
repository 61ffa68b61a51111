/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.examples.demo.TinyServer;
import io.tcpguard.testkit.Await;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Timing QUICK = new Timing(200, 400, 20, 60, 50, 50, 3_000, 5_000, 50);

    @Test
    void playsTheSamePlanAgainstEachServer() throws Exception {
        try (TinyServer good = new TinyServer(OK);
                TinyServer bad = new TinyServer("");
                Load load = new Load(
                        new LoadPlan(5, 10, 3, 100, 10, 60_000), QUICK, List.of(good.address(), bad.address()))) {
            load.start();

            Await.until(
                    "users log in and ask",
                    () -> load.counts(0).logins() >= 10 && load.counts(0).heartbeats() >= 10);
            Await.until("abusers hold", () -> load.counts(0).abusersHolding() == 3);
            Await.until("refusals", () -> load.counts(1).refused() >= 10);
            assertThat(load.counts(0).failures()).isZero();
            assertThat(load.counts(0).lost()).isZero();
            assertThat(load.counts(1).logins()).isZero();
        }
    }

    @Test
    void abnormalClientsLeaveWhenTheFloodEnds() throws Exception {
        try (TinyServer server = new TinyServer(OK);
                Load load = new Load(new LoadPlan(1, 1, 4, 0, 1, 1_000), QUICK, List.of(server.address()))) {
            load.start();

            Await.until("abusers hold", () -> load.counts(0).abusersHolding() == 4);
            Await.until("they have left", () -> load.counts(0).abusersHolding() == 0 && server.open() <= 1);
        }
    }

    @Test
    void countsSessionsThatTheServerEnds() throws Exception {
        TinyServer server = new TinyServer(OK);
        try (Load load = new Load(new LoadPlan(3, 1, 0, 0, 1, 0), List.of(server.address()))) {
            load.start();
            Await.until("in session", () -> load.counts(0).inSession() == 3);

            server.close();

            Await.until("sessions lost", () -> load.counts(0).lost() == 3);
            assertThat(load.counts(0).inSession()).isZero();
        } finally {
            server.close();
        }
    }

    @Test
    void closingItClosesItsConnections() throws Exception {
        try (TinyServer server = new TinyServer(OK)) {
            Load load = new Load(new LoadPlan(3, 1, 0, 0, 1, 0), List.of(server.address()));
            load.start();
            Await.until("in session", () -> load.counts(0).inSession() == 3);

            load.close();

            Await.until("closed", () -> server.open() == 0);
        }
    }

    @Test
    void aPlanOfThousandsIsRefused() {
        assertThatThrownBy(() -> new LoadPlan(3_500, 1, 1, 0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("users=3500");
    }
}
