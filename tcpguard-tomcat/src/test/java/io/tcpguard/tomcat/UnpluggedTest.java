/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.PulledPlug;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose cable was pulled out give their slots back, though the server has nothing to send that would tell. */
@Timeout(180)
class UnpluggedTest {
    private static final String UNPLUGGED = "127.77.0.3";
    private static final int CROWD = 250;
    private static final int HONEST = 12;

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"/async/wait/600000", "/events", "/"})
    void giveTheirSlotsToNewcomers(String path) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (PulledPlug plug = new PulledPlug();
                ChildServer server = new ChildServer(
                        256,
                        List.of(
                                "-Xss256k",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WorkMain.class.getName(),
                                "fairness=false",
                                "resetBudget=0",
                                "idleFloor=1s",
                                "silentFloor=3s",
                                "maxWorkDelay=3s",
                                "stalledAfter=120s"))) {
            int port = server.port();
            for (int i = 0; i < CROWD; i++) {
                try {
                    RawClient client = RawClient.from(UNPLUGGED, port);
                    clients.add(client);
                    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
                } catch (IOException full) {
                    break;
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
            plug.pull(UNPLUGGED);
            assertThat(Await.times(HONEST, 90, () -> isServed(port, clients)))
                    .as("%s", server.output())
                    .isEqualTo(HONEST);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    /** Who is served stays. */
    private static boolean isServed(int port, List<RawClient> clients) {
        try {
            RawClient client = new RawClient(port).patience(6_000);
            clients.add(client);
            return client.get("/").startsWith("HTTP/1.1 200");
        } catch (IOException refused) {
            return false;
        }
    }
}
