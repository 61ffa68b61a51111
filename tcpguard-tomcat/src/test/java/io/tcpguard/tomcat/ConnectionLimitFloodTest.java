/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Floods of a server that has descriptors to spare and no slots: by Tomcat's maxConnections, and by the operator's.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class ConnectionLimitFloodTest {
    private static final int DESCRIPTORS = 20_000;
    private static final int SLOTS = 200;
    /** A twentieth: allowed clients, and those who came for one that is about to close. */
    private static final int BEYOND = 10;

    /** Of memory, whose number moves, all that are the server's, with those that get an answer just now. */
    private static final Pattern HELD = Pattern.compile("own connections ([0-9]+),");

    private static final Pattern OF_SLOTS = Pattern.compile("CONNECTIONS(?: \\([^)]*\\))?: ([0-9]+) of " + SLOTS + " ");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Tag("record")
    @ParameterizedTest
    @CsvSource({
        "SILENT, max",
        "ONE_REQUEST_AND_SIT, max",
        "HALF_A_REQUEST, max",
        "HALF_A_BODY, max",
        "SLOW_READER, max",
        "HTTP2_IDLE_STREAMS, max",
        "SILENT, maxConnections",
        "ONE_REQUEST_AND_SIT, maxConnections",
        "HALF_A_REQUEST, maxConnections",
        "HALF_A_BODY, maxConnections",
        "SLOW_READER, maxConnections",
        "HTTP2_IDLE_STREAMS, maxConnections"
    })
    void leavesAGuardedServerInService(Abuse abuse, String by) throws Exception {
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded", by + "=" + SLOTS)) {
            staysInService(server, abuse, by);
        }
    }

    @Tag("record")
    @ParameterizedTest
    @CsvSource({
        "9.0.124, max",
        "9.0.124, maxConnections",
        "10.1.62, max",
        "10.1.62, maxConnections",
        "11.0.29, max",
        "11.0.29, maxConnections"
    })
    void leavesAGuardedServerInServiceOnEachLineOfTomcat(String version, String by) throws Exception {
        besideAStockServer(version, by);
    }

    @Tag("record")
    @ParameterizedTest
    @ValueSource(strings = {"9.0.124", "10.1.62", "11.0.29"})
    void leavesAGuardedServerInServiceByMemoryOnEachLineOfTomcat(String version) throws Exception {
        besideAStockServer(version, "memory");
    }

    private void besideAStockServer(String version, String by) throws Exception {
        for (Abuse abuse : List.of(Abuse.ONE_REQUEST_AND_SIT, Abuse.SLOW_READER)) {
            try (ChildServer server = onTomcat(version, "guarded", by);
                    // There the operator can say it to Tomcat only.
                    ChildServer stock = onTomcat(version, "stock", by.equals("maxConnections") ? "max" : by)) {
                Future<?> beside = threads.submit(() -> {
                    turnsAwayWhoComes(stock, abuse, by + " on " + version);
                    return true;
                });
                staysInService(server, abuse, by + " on " + version);
                beside.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** Without guard: who comes late is not served, or memory ends. */
    private static void turnsAwayWhoComes(ChildServer stock, Abuse abuse, String by) throws Exception {
        try (Users users = Users.checkedWhereTheyAre(stock);
                Crowd crowd = new Crowd(stock.port(), abuse, 2 * SLOTS, 2 * SLOTS, false)) {
            TimeUnit.SECONDS.sleep(5);
            int served = 0;
            for (int i = 0; i < 3; i++) {
                served += isServed(stock) ? 1 : 0;
            }
            long errors = stock.output().stream()
                    .filter(line -> line.contains("OutOfMemoryError"))
                    .count();
            System.out.println("stock, " + abuse + " by " + by + ": " + crowd + "; " + users + "; " + served
                    + " of 3 newcomers served, " + errors + " lines of memory");
            assertThat(served == 0 || errors > 0)
                    .as("%s of 3 newcomers served, and no error", served)
                    .isTrue();
        }
    }

    /** With buffers of 256 KiB for each connection, of which 64 MiB of heap don't bear twice the slots. */
    private static ChildServer onTomcat(String version, String kind, String by) throws Exception {
        Path jars = EveryTomcatTest.TOMCATS.resolve(version);
        return by.equals("memory")
                ? ChildServer.onTomcat(jars, DESCRIPTORS, kind, "buffers=131072", "-Xmx64m")
                : ChildServer.onTomcat(jars, DESCRIPTORS, kind, by + "=" + SLOTS);
    }

    private static void staysInService(ChildServer server, Abuse abuse, String by) throws Exception {
        boolean memory = by.startsWith("memory");
        try (Users users = new Users(server, false)) {
            int most = 0;
            try (Crowd crowd = new Crowd(server.port(), abuse, 2 * SLOTS, 2 * SLOTS, false)) {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(12);
                while (System.nanoTime() - end < 0) {
                    most = Math.max(most, held(server, memory ? HELD : OF_SLOTS));
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                System.out.println(abuse + " by " + by + ": " + crowd + "; at most " + most + "; " + users + "; "
                        + details(server).lines().limit(4).collect(Collectors.joining(" ")));
            }
            assertThat(most).isBetween(SLOTS / 2, memory ? 2 * SLOTS - 1 : SLOTS + BEYOND);
            try {
                try (RawClient asks = new RawClient(server.port())) {
                    assertThat(asks.get("/gc")).contains("collected");
                }
                Await.until("back to normal, and the books are exact", () -> calm(server));
            } catch (AssertionError | IOException e) {
                throw new AssertionError(details(server) + server.output(), e);
            }
            users.allWereServed(server);
            assertThat(server.output()).noneMatch(line -> line.contains("OutOfMemoryError"));
            assertThat(isServed(server)).isTrue();
        }
    }

    /** What the same does to a server without guard: who comes late is not served. */
    @Tag("long")
    @Test
    void leavesAStockServerWithoutPlaces() throws Exception {
        try (ChildServer server = new ChildServer(DESCRIPTORS, "stock", "max=" + SLOTS);
                Crowd crowd = new Crowd(server.port(), Abuse.ONE_REQUEST_AND_SIT, 2 * SLOTS, 2 * SLOTS, false)) {
            Await.until("all slots are taken", () -> crowd.admitted.get() >= SLOTS - 1);
            assertThat(isServed(server)).isFalse();
        }
    }

    /**
     * Tomcat's own limit and no setting; clients of sixteen addresses that ask once and sit. Nobody balances by
     * counting connections here, so there is no budget for resets.
     */
    @Tag("long")
    @Test
    void ofNineThousandAtTomcatsDefaultsLeavesNewcomersServed() throws Exception {
        int clients = 9_000;
        // Of a smaller heap memory would bind.
        List<String> server512 = List.of(
                "-Xmx512m", "-cp", System.getProperty("java.class.path"), ServerMain.class.getName(), "guarded");
        try (ChildServer server = new ChildServer(DESCRIPTORS, server512);
                Crowd crowd = new Crowd(server.port(), Abuse.ONE_REQUEST_AND_SIT, clients, 1_500, false, 16)) {
            Await.until(
                    "all have come, and slots are taken",
                    () -> crowd.attempts.get() >= clients && crowd.admitted.get() >= 8_000);
            // Longer than the minimum idle time, 10 s until another is learned.
            TimeUnit.SECONDS.sleep(12);
            for (int i = 0; i < 20; i++) {
                assertThat(isServed(server)).isTrue();
            }
            crowd.stay();
            System.out.println(crowd);
            assertThat(details(server)).containsPattern("CONNECTIONS \\([^)]*\\): 8[01][0-9]{2} of 8192 ");
            try (RawClient asks = new RawClient(server.port())) {
                assertThat(asks.get("/refusals")).contains("resets 0");
            }
            assertThat(details(server)).contains("slots: 8,192 by the server's maxConnections");
            assertThat(FloodTest.health(server)).startsWith("HTTP/1.1 200");
        }
    }

    private static boolean isServed(ChildServer server) throws Exception {
        try (Socket client = new Socket()) {
            client.setSoTimeout(5_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 5_000);
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static int held(ChildServer server, Pattern which) throws Exception {
        Matcher held = which.matcher(details(server));
        return held.find() ? Integer.parseInt(held.group(1)) : 0;
    }

    private static boolean calm(ChildServer server) {
        try {
            String now = details(server);
            return now.contains("own connections 8,") && now.contains(" NORMAL\n");
        } catch (Exception e) {
            return false;
        }
    }

    private static String details(ChildServer server) throws Exception {
        try {
            return Wire.get(server.healthPort(), "/details");
        } catch (IOException e) {
            throw new IOException("no details: " + server.output(), e);
        }
    }
}
