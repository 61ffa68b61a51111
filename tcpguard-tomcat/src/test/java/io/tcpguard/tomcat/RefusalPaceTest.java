/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.RefusalPace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A full server refuses as fast whatever those do who are refused. */
@Timeout(120)
class RefusalPaceTest {
    private static final int SLOTS = 20;

    @Tag("long")
    @Test
    void isWithinAFactorOfThreeWhateverTheyDo() throws Exception {
        List<RawClient> atWork = new ArrayList<>();
        try (TomcatRig rig = new TomcatRig();
                TcpGuard guard = TcpGuard.builder()
                        .set("queueWait", "0s")
                        .set("resetBudget", "0")
                        .set("fairness", "false")
                        .set("maxWorkDelay", "100s")
                        .set("silentFloor", "100s")
                        .set("stalledAfter", "100s")
                        .build()
                        .start()) {
            rig.protocol.guardWith(guard);
            rig.connector.setProperty("maxConnections", String.valueOf(SLOTS));
            rig.start();
            Await.until("up", () -> guard.snapshot().verdict().up());
            for (int i = 0; i < SLOTS; i++) {
                atWork.add(rig.client().send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n"));
            }
            Await.until("full", () -> rig.inService.get() == SLOTS);
            var pace = RefusalPace.of(rig.port(), () -> guard.shed().of(Stage.ACCEPT));
            System.out.println("FIGURE refused by Tomcat in the same time: " + pace);

            assertThat(Collections.max(pace.values()))
                    .as("%s", pace)
                    .isLessThanOrEqualTo(3 * Collections.min(pace.values()));
            assertThat(rig.inService).as("nobody lost his slot").hasValue(SLOTS);
        } finally {
            for (RawClient client : atWork) {
                client.close();
            }
        }
    }
}
