/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Beside a stock server of the same limit, both with nothing but Tomcat on their class path. The guarded one has a
 * health port, too.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class SmallLimitsTest {

    @Test
    void of48AGuardedServerServesNineTenthsOfAStockOne() throws Exception {
        servesNineTenths(48);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {56, 64, 76, 96, 128, 192, 256, 400, 512, 1024})
    void fromThereOnAGuardedServerServesNineTenthsOfAStockOne(int limit) throws Exception {
        servesNineTenths(limit);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {24, 32, 40})
    void belowItComesUpServesAndAnswersItsHealthPort(int limit) throws Exception {
        try (ChildServer guarded = ChildServer.lean(limit, "guarded")) {
            Await.until("the guard has seen that the server accepts", () -> FloodTest.health(guarded)
                    .startsWith("HTTP/1.1 200"));
            assertThat(served(guarded.port())).isPositive();
            assertThat(FloodTest.health(guarded)).startsWith("HTTP/1.1 200");
        }
    }

    private static void servesNineTenths(int limit) throws Exception {
        try (ChildServer stock = ChildServer.lean(limit, "stock");
                ChildServer guarded = ChildServer.lean(limit, "guarded")) {
            int stockPort = stock.port();
            // Side by side: most of the time is patience with those who have no answer.
            CompletableFuture<Integer> beside =
                    CompletableFuture.supplyAsync(() -> served(stockPort), SmallLimitsTest::run);
            int byGuarded = served(guarded.port());
            int byStock = beside.get(120, TimeUnit.SECONDS);
            System.out.println("of " + limit + " descriptors: stock serves " + byStock + ", guarded " + byGuarded);
            assertThat(byGuarded * 10).isGreaterThanOrEqualTo(byStock * 9);
            assertThat(byStock).isGreaterThan(limit / 2);
            assertThat(FloodTest.health(guarded)).startsWith("HTTP/1.1 200");
        }
    }

    /** How many have an answer and keep their connection, all at a time; it ends when three in a row have none. */
    private static int served(int port) {
        List<Socket> clients = new ArrayList<>();
        try {
            int served = 0;
            for (int failed = 0; failed < 3; ) {
                Socket client = new Socket();
                clients.add(client);
                if (isServed(client, port, served == 0 ? 20_000 : 2_000)) {
                    served++;
                } else {
                    failed++;
                }
            }
            return served;
        } finally {
            clients.forEach(SmallLimitsTest::close);
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "clients of the stock server");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isServed(Socket client, int port, int patienceMillis) {
        try {
            client.setSoTimeout(patienceMillis);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patienceMillis);
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = client.getInputStream().readNBytes(12);
            return new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }
}
