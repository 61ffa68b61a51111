/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.SelfSigned;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class FloodTest {
    private static final int DESCRIPTORS = 256;

    @Test
    void leavesAGuardedServerInServiceAndAStockOneWithoutDescriptors() throws Exception {
        try (ChildServer guarded = new ChildServer(DESCRIPTORS, "guarded");
                ChildServer stock = new ChildServer(DESCRIPTORS, "stock")) {
            keepsItsPromises(guarded, Abuse.ONE_REQUEST_AND_SIT, 400, 4);
            runsOut(stock, Abuse.ONE_REQUEST_AND_SIT, 400);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "SILENT, 256", "SILENT, 1024",
        "ONE_REQUEST_AND_SIT, 256", "ONE_REQUEST_AND_SIT, 1024",
        "HALF_A_REQUEST, 256", "HALF_A_REQUEST, 1024",
        "HALF_A_BODY, 256", "HALF_A_BODY, 1024",
        "SLOW_READER, 256", "SLOW_READER, 1024",
        "HTTP2_IDLE_STREAMS, 256", "HTTP2_IDLE_STREAMS, 1024"
    })
    void ofEachKindLeavesAGuardedServerInServiceAndAStockOneWithoutDescriptors(Abuse abuse, int descriptors)
            throws Exception {
        int clients = descriptors + descriptors / 2;
        try (ChildServer guarded = new ChildServer(descriptors, "guarded")) {
            keepsItsPromises(guarded, abuse, clients, descriptors == DESCRIPTORS ? 6 : 12);
        }
        try (ChildServer stock = new ChildServer(descriptors, "stock")) {
            runsOut(stock, abuse, clients);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {256, 1024})
    void ofStalledHandshakesLeavesAGuardedServerInServiceAndAStockOneWithoutDescriptors(
            int descriptors, @TempDir Path directory) throws Exception {
        String tls = "tls=" + SelfSigned.keys(directory);
        int clients = descriptors + descriptors / 2;
        try (ChildServer guarded = new ChildServer(descriptors, "guarded", tls);
                Users users = new Users(guarded, true)) {
            keepsItsPromises(
                    guarded, users, new Crowd(guarded.port(), Abuse.STALLED_HANDSHAKE, clients, clients, false), 12);
        }
        try (ChildServer stock = new ChildServer(descriptors, "stock", tls)) {
            runsOut(stock, Abuse.STALLED_HANDSHAKE, clients);
        }
    }

    /** Half of the crowd sits, the other half comes and goes as fast as one thread can. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {DESCRIPTORS, 1024})
    void ofReconnectsLeavesAGuardedServerInServiceAndAStockOneWithoutDescriptors(int descriptors) throws Exception {
        try (ChildServer guarded = new ChildServer(descriptors, "guarded");
                Users users = new Users(guarded, false);
                Crowd sitting = new Crowd(guarded.port(), Abuse.ONE_REQUEST_AND_SIT, descriptors, descriptors, false)) {
            Crowd storm = new Crowd(guarded.port(), Abuse.ONE_REQUEST_AND_SIT, 64, 5_000, true);
            int most = watch(guarded, 10);
            storm.leave();
            sitting.leave();
            System.out.println("reconnect storm at " + descriptors + ": " + storm + "; sitting: " + sitting);
            assertThat(storm.attempts).as("in 10 s").hasValueGreaterThan(10_000);
            isWellAfter(guarded, users, most);
        }
        try (ChildServer stock = new ChildServer(descriptors, "stock");
                Crowd storm = new Crowd(stock.port(), Abuse.ONE_REQUEST_AND_SIT, 64, 5_000, true)) {
            runsOut(stock, Abuse.ONE_REQUEST_AND_SIT, descriptors + descriptors / 2);
            assertThat(storm.attempts).hasPositiveValue();
        }
    }

    /**
     * With no reset in the budget each refusal is meant to be an answer; 30 at a time are fewer than the pool has
     * slots.
     */
    @Test
    void tellsTheRefusedToComeBackLaterByA503ThatTheyReadWhole() throws Exception {
        try (ChildServer guarded =
                        new ChildServer(DESCRIPTORS, "guarded", "resetBudget=0", "reclaim=false", "queueWait=0s");
                Users users = new Users(guarded, false);
                Crowd sitting = new Crowd(guarded.port(), Abuse.ONE_REQUEST_AND_SIT, DESCRIPTORS, 500, false)) {
            Await.until("the server is full", () -> sitting.refused() > 0);
            sitting.stay();
            try (Crowd refused = new Crowd(guarded.port(), Abuse.ONE_REQUEST_AND_SIT, 30, 300, false)) {
                Await.until("refusals", () -> refused.refused() >= 1_000);
                refused.leave();
                double share = (double) refused.answered.get() / refused.refused();
                System.out.printf("%.2f %% of the refused read the whole 503 (%s)%n", 100 * share, refused);
                assertThat(share).isGreaterThanOrEqualTo(0.99);
            }
            users.allWereServed(guarded);
        }
    }

    /**
     * With no reset in the budget each refusal is meant to be an answer, which TLS can't be given before its handshake.
     */
    @Test
    void closesTheRefusedUnderTlsInAnOrderlyWayAndCountsThemAsThat(@TempDir Path directory) throws Exception {
        int clients = DESCRIPTORS + 100;
        try (ChildServer guarded = new ChildServer(
                        DESCRIPTORS,
                        "guarded",
                        "tls=" + SelfSigned.keys(directory),
                        "resetBudget=0",
                        "reclaim=false",
                        "queueWait=0s");
                RawClient first = RawClient.overTls(guarded.port());
                Crowd crowd = new Crowd(guarded.port(), Abuse.STALLED_HANDSHAKE, clients, clients, false)) {
            Await.until("refusals", () -> crowd.refused() > 50);

            assertThat(first.get("/refusals")).contains("resets 0").doesNotContain("answers 0,");
        }
    }

    static void keepsItsPromises(ChildServer server, Abuse abuse, int clients, int seconds) throws Exception {
        try (Users users = new Users(server, false)) {
            keepsItsPromises(server, users, new Crowd(server.port(), abuse, clients, clients, false), seconds);
        }
    }

    private static void keepsItsPromises(ChildServer server, Users users, Crowd crowd, int seconds) throws Exception {
        int most;
        try (crowd) {
            most = watch(server, seconds);
        }
        System.out.println(crowd);
        assertThat(most)
                .as("the flood reached the admission threshold")
                .isGreaterThan(server.descriptorLimit() * 3 / 4);
        isWellAfter(server, users, most);
    }

    /** The most descriptors that were open. */
    private static int watch(ChildServer server, int seconds) throws Exception {
        int most = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0) {
            most = Math.max(most, server.openDescriptors());
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return most;
    }

    private static void isWellAfter(ChildServer server, Users users, int most) throws Exception {
        calmsDown(server);
        System.out.println(users + "; descriptors " + most + " of " + server.descriptorLimit() + " at most");
        users.allWereServed(server);
        // Untouched are 6 of 256 and 12 of 1024, and two may be opened while one looks.
        int left = server.descriptorLimit() < 440 ? 4 : 10;
        assertThat(most).as("descriptors at most").isLessThanOrEqualTo(server.descriptorLimit() - left);
        assertThat(server.acceptErrors()).isEmpty();
    }

    private static void calmsDown(ChildServer server) throws Exception {
        AtomicReference<String> level = new AtomicReference<>("");
        try {
            Await.until("back to normal by itself", () -> {
                String now = level(server);
                level.set(now);
                // Ports and TIME_WAIT are the machine's: neighbours use them too.
                return now.contains("level: NORMAL")
                        || (now.contains("level: ELEVATED")
                                && (now.contains("leading: EPHEMERAL_PORTS") || now.contains("leading: TIME_WAIT")));
            });
        } catch (AssertionError e) {
            throw new AssertionError(level + ", " + server.openDescriptors() + " open, " + server.output(), e);
        }
    }

    private static void runsOut(ChildServer server, Abuse abuse, int clients) throws Exception {
        try (Crowd crowd = new Crowd(server.port(), abuse, clients, clients, false)) {
            Await.until("the stock server fails", () -> !server.acceptErrors().isEmpty());
            assertThat(crowd.attempts).hasPositiveValue();
        }
    }

    /** More clients than descriptors, for a moment. */
    static void floodAndLetGo(ChildServer server, Abuse abuse, int clients) throws Exception {
        try (Crowd crowd = new Crowd(server.port(), abuse, clients, clients, false)) {
            Await.until("all of them came", () -> crowd.attempts.get() >= clients);
            assertThat(server.openDescriptors()).isLessThanOrEqualTo(server.descriptorLimit() - 7);
            assertThat(health(server)).startsWith("HTTP/1.1 200");
        }
        Await.until("descriptors back", () -> openDescriptors(server) < server.descriptorLimit() / 2);
    }

    static String health(ChildServer server) throws Exception {
        return Wire.get(server.healthPort(), "/");
    }

    /** Asked on the health port: under TLS too. */
    static String level(ChildServer server) {
        try {
            return health(server);
        } catch (Exception e) {
            return "no answer: " + e;
        }
    }

    private static int openDescriptors(ChildServer server) {
        try {
            return server.openDescriptors();
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }
}
