/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.DescriptorLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Where accept(2) fails for want of a descriptor, nobody comes in who could ask for an idle client's. */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class NoneLeftTest {
    private static final int IDLE = 150;
    private static final int USERS = 5;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final List<RawClient> inside = new ArrayList<>();
    private volatile boolean over;

    @AfterEach
    void leave() throws IOException {
        over = true;
        clients.shutdownNow();
        for (RawClient client : inside) {
            client.close();
        }
    }

    @Test
    void idleClientsGiveWayToNewcomersWhenTheLimitFellBelowWhatIsOpen() throws Exception {
        try (ChildServer server = new ChildServer(300, "guarded", "idleFloor=1s", "keep=600000")) {
            List<Future<Integer>> active = sit(server);
            DescriptorLimit.set(server.pid(), 200);

            isInServiceAgain(server, active, 300 - 200);
        }
    }

    @Test
    void idleClientsGiveWayToNewcomersWhenOthersTookAll() throws Exception {
        try (ChildServer server = new ChildServer(300, "guarded", "idleFloor=1s", "keep=600000");
                RawClient operator = new RawClient(server.port())) {
            List<Future<Integer>> active = sit(server);
            assertThat(operator.get("/leak")).contains("leaked ").doesNotContain("leaked all");

            isInServiceAgain(server, active, 300 - IDLE);
            try (RawClient healer = new RawClient(server.port())) {
                assertThat(healer.get("/heal")).endsWith("healed");
            }
            Await.until("health after they were given back", () -> isUp(server));
            assertThat(isServed(server)).isTrue();
        }
    }

    private List<Future<Integer>> sit(ChildServer server) throws Exception {
        List<Future<Integer>> active = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            RawClient user = new RawClient(server.port());
            inside.add(user);
            active.add(clients.submit(() -> {
                int answers = 0;
                for (; !over; answers++) {
                    assertThat(user.get("/user")).startsWith("HTTP/1.1 200");
                    TimeUnit.MILLISECONDS.sleep(100);
                }
                return answers;
            }));
        }
        for (int i = 0; i < IDLE; i++) {
            RawClient client = new RawClient(server.port());
            inside.add(client);
            assertThat(client.get("/idle")).startsWith("HTTP/1.1 200");
        }
        TimeUnit.MILLISECONDS.sleep(1_500);
        return active;
    }

    /** @param missing how many descriptors idle clients have to give back at most */
    private void isInServiceAgain(ChildServer server, List<Future<Integer>> active, int missing) throws Exception {
        int[] served = {0};
        Await.until("ten newcomers are served", () -> (served[0] += isServed(server) ? 1 : 0) == 10);
        Await.until("health is up", () -> isUp(server));
        assertThat(isServed(server)).isTrue();
        over = true;
        for (Future<Integer> user : active) {
            assertThat(user.get()).as("answers to one who is active").isPositive();
        }
        over = false;
        String evicted = inside.get(0).get("/evicted");
        assertThat(Integer.parseInt(evicted.substring(evicted.lastIndexOf(' ') + 1)))
                .isBetween(1, missing + 20 + 11);
    }

    private static boolean isUp(ChildServer server) {
        try {
            return FloodTest.health(server).startsWith("HTTP/1.1 200");
        } catch (Exception unanswered) {
            return false;
        }
    }

    private static boolean isServed(int port) {
        try (RawClient client = new RawClient(port)) {
            return client.patience(3_000).get("/newcomer").startsWith("HTTP/1.1 200");
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean isServed(ChildServer server) throws Exception {
        return isServed(server.port());
    }
}
