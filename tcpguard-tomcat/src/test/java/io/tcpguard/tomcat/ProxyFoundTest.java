/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of 200 slots one address holds nearly all, and none of its connections is idle for long enough to give way yet. */
@Timeout(60)
class ProxyFoundTest {
    private static final int SLOTS = 200;
    private static final int NEWCOMERS = 20;
    /** Nobody has to give way to its own newcomers. */
    private static final String NEVER = "1h";

    private static final String CROWD = "127.0.0.2";

    private final List<RawClient> clients = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // each test makes it
    private TomcatRig rig;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private TcpGuard guard;

    private void start(String idleFloor) throws Exception {
        rig = new TomcatRig();
        guard = TcpGuard.builder()
                .healthPort(0)
                .set("idleFloor", idleFloor)
                .set("resetBudget", "0")
                .build()
                .start();
        rig.connector.setProperty("maxConnections", String.valueOf(SLOTS));
        rig.protocol.guardWith(guard);
        rig.start();
    }

    @AfterEach
    void end() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        rig.close();
        guard.close();
    }

    private RawClient client(String from) throws IOException {
        RawClient client = RawClient.from(from, rig.port());
        clients.add(client);
        return client;
    }

    private void holdSlots(int others, String header) throws Exception {
        for (int i = 0; i < others; i++) {
            assertThat(client("127.0.1." + (1 + i)).get("/")).startsWith("HTTP/1.1 200");
        }
        while (clients.size() < SLOTS) {
            assertThat(ask(client(CROWD), header).answer()).startsWith("HTTP/1.1 200");
        }
        // Its requests are looked at once a second.
        TimeUnit.MILLISECONDS.sleep(3200);
    }

    private static RawClient ask(RawClient client, String header) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + header + "\r\n");
    }

    private int servedOfTheSameAddress(String header) throws IOException {
        List<RawClient> newcomers = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            newcomers.add(ask(client(CROWD), header));
        }
        int served = 0;
        for (RawClient newcomer : newcomers) {
            served += newcomer.answer().startsWith("HTTP/1.1 200") ? 1 : 0;
        }
        return served;
    }

    private long unfair() {
        return guard.shed().of(Stage.ACCEPT, Method.ANSWER, Reason.UNFAIR_SOURCE);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(strings = {"X-Forwarded-For: 198.51.100.7\r\n", "Forwarded: for=198.51.100.7\r\n"})
    void aProxyIsFoundByWhatItSaysAndItsConnectionsAreServedByTurn(String header) throws Exception {
        start("6s");
        holdSlots(3, header);

        assertThat(servedOfTheSameAddress(header)).isEqualTo(NEWCOMERS);
        assertThat(unfair()).isZero();
    }

    @Test
    @Tag("long")
    void oneAddressWithoutThatIsACrowd() throws Exception {
        start(NEVER);
        holdSlots(3, "");

        assertThat(servedOfTheSameAddress("")).isZero();
        assertThat(unfair()).isEqualTo(NEWCOMERS);
    }

    @Test
    void whoForgesItAmongOthersGainsNothing() throws Exception {
        start(NEVER);
        String forged = "X-Forwarded-For: 198.51.100.7\r\n";
        holdSlots(12, forged);

        assertThat(servedOfTheSameAddress(forged)).isZero();
        assertThat(unfair()).isEqualTo(NEWCOMERS);
    }
}
