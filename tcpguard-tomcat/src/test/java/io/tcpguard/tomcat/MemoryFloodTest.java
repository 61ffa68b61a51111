/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.SelfSigned;
import io.tcpguard.testkit.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server with descriptors and slots to spare and 64 MiB of heap, and 7,000 clients that sit and come back when they
 * are sent away.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class MemoryFloodTest {
    private static final int CLIENTS = 7_000;
    private static final int PER_SECOND = 700;

    @Tag("record")
    @ParameterizedTest
    @EnumSource(names = {"ONE_REQUEST_AND_SIT", "HALF_A_REQUEST", "HALF_A_BODY", "SLOW_READER"})
    void neitherStopsAGuardedServerNorEndsASession(Abuse abuse) throws Exception {
        try (ChildServer server = server("guarded", "UseSerialGC")) {
            staysInService(server, abuse);
        }
    }

    /** A handshake costs the server's processor, so that they come more slowly, and each takes three times as much. */
    @Tag("record")
    @ParameterizedTest
    @EnumSource(names = {"SILENT", "ONE_REQUEST_AND_SIT", "HALF_A_REQUEST", "HALF_A_BODY", "SLOW_READER"})
    void norOverTls(Abuse abuse, @TempDir Path directory) throws Exception {
        try (ChildServer server = server("guarded", "UseSerialGC", "tls=" + SelfSigned.keys(directory))) {
            staysInService(server, () -> Crowd.overTls(server.port(), abuse, 3_000, 300), true);
        }
    }

    /** Each tells in another way, and at another time, what it could not free: Parallel latest (docs/explanation). */
    @Tag("record")
    @ParameterizedTest
    @ValueSource(strings = {"UseG1GC", "UseParallelGC", "UseZGC", "UseShenandoahGC"})
    void norUnderAnotherCollector(String collector) throws Exception {
        try (ChildServer server = server("guarded", collector)) {
            staysInService(server, Abuse.HALF_A_REQUEST);
        }
    }

    private static void staysInService(ChildServer server, Abuse abuse) throws Exception {
        staysInService(server, () -> new Crowd(server.port(), abuse, CLIENTS, PER_SECOND, false), false);
    }

    private static void staysInService(ChildServer server, Callable<Crowd> come, boolean tls) throws Exception {
        try (Users users = new Users(server, tls)) {
            try (Crowd crowd = come.call()) {
                TimeUnit.SECONDS.sleep(30);
                System.out.println(crowd + "; " + users);
                System.out.println(Wire.get(server.healthPort(), "/details"));
            }
            assertThat(memoryErrors(server)).isEmpty();
            users.allWereServed(server);
            Await.until("newcomers are served", () -> served(server, tls));
        }
    }

    /** What the same does to a server without guard. */
    @Tag("record")
    @Test
    void stopsAServerWithoutGuard() throws Exception {
        try (ChildServer server = server("stock", "UseSerialGC");
                Crowd crowd = new Crowd(server.port(), Abuse.HALF_A_REQUEST, CLIENTS, PER_SECOND, false)) {
            TimeUnit.SECONDS.sleep(30);

            assertThat(served(server, false) && memoryErrors(server).isEmpty())
                    .as("served, and nothing of memory in %s; %s", server.output(), crowd)
                    .isFalse();
        }
    }

    private static ChildServer server(String kind, String collector, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "-Xmx64m",
                "-XX:-UseSerialGC",
                "-XX:+" + collector,
                "-cp",
                System.getProperty("java.class.path"),
                ServerMain.class.getName(),
                kind));
        command.addAll(List.of(arguments));
        return new ChildServer(20_000, command);
    }

    private static List<String> memoryErrors(ChildServer server) {
        return server.output().stream()
                .filter(line -> line.contains("OutOfMemoryError"))
                .toList();
    }

    private static boolean served(ChildServer server, boolean tls) {
        try (RawClient client = tls ? RawClient.overTls(server.port()) : new RawClient(server.port())) {
            return client.get("/").startsWith("HTTP/1.1 200");
        } catch (Exception e) {
            return false;
        }
    }
}
