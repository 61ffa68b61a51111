/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/** Of 200 slots one address holds nearly all, and none of its connections is idle for long enough to give way yet. */
public final class FoundProxy implements AutoCloseable {
    public static final int SLOTS = 200;
    private static final int NEWCOMERS = 20;
    private static final String CROWD = "127.0.0.2";
    /** A request that says nothing. */
    public static final String PLAIN = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    /** Nobody has to give way to its own newcomers. */
    private static final String NEVER = "1h";

    private final List<Socket> clients = new ArrayList<>();
    private final TcpGuard guard;
    private final int port;
    private final String request;

    /** @param server starts one of {@link #SLOTS} slots under this guard; its port */
    private FoundProxy(String idleFloor, ToIntFunction<TcpGuard> server, String request) {
        this.request = request;
        guard = TcpGuard.builder()
                .healthPort(0)
                .set("idleFloor", idleFloor)
                .set("resetBudget", "0")
                .build()
                .start();
        port = server.applyAsInt(guard);
    }

    /** A proxy is found by what it says in its requests, and its connections are served by turn. */
    public static void isFound(ToIntFunction<TcpGuard> server, String saying) throws Exception {
        try (FoundProxy proxy = new FoundProxy("6s", server, saying)) {
            proxy.holdSlots(3);

            assertThat(proxy.newcomersServed()).isEqualTo(NEWCOMERS);
            assertThat(proxy.unfair()).isZero();
        }
    }

    /** The same address is a crowd, which gains nothing. */
    public static void isNone(ToIntFunction<TcpGuard> server, int others, String saying) throws Exception {
        try (FoundProxy crowd = new FoundProxy(NEVER, server, saying)) {
            crowd.holdSlots(others);

            assertThat(crowd.newcomersServed()).isZero();
            assertThat(crowd.unfair()).isEqualTo(NEWCOMERS);
        }
    }

    private void holdSlots(int others) throws IOException, InterruptedException {
        for (int i = 0; i < others; i++) {
            assertThat(isServed(ask("127.0.1." + (1 + i), PLAIN))).isTrue();
        }
        while (clients.size() < SLOTS) {
            assertThat(isServed(ask(CROWD, request))).isTrue();
        }
        // Its requests are looked at once a second.
        TimeUnit.MILLISECONDS.sleep(3200);
    }

    private int newcomersServed() throws IOException {
        List<Socket> newcomers = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            newcomers.add(ask(CROWD, request));
        }
        int served = 0;
        for (Socket newcomer : newcomers) {
            served += isServed(newcomer) ? 1 : 0;
        }
        return served;
    }

    private Socket ask(String from, String text) throws IOException {
        Socket client = Wire.connect(port, from);
        clients.add(client);
        Wire.send(client, text);
        return client;
    }

    private static boolean isServed(Socket client) throws IOException {
        return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    }

    private long unfair() {
        return guard.shed().of(Stage.ACCEPT, Method.ANSWER, Reason.UNFAIR_SOURCE);
    }

    @Override
    public void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        guard.close();
    }
}
