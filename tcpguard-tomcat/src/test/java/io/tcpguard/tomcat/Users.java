/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Users who came before the flood and go on working, and a load balancer that checks: each on a thread and a connection
 * of its own.
 */
final class Users implements AutoCloseable {
    private static final int SESSIONS = 8;
    private static final long PAUSE_MILLIS = 100;

    private final List<RawClient> sessions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<String> failedChecks = new CopyOnWriteArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicLong longestWait = new AtomicLong();
    private volatile boolean leaving;

    Users(ChildServer server, boolean tls) throws Exception {
        this(server, tls, () -> FloodTest.health(server));
    }

    /** Of a server that has no health port, so that its own is checked. */
    static Users checkedWhereTheyAre(ChildServer server) throws Exception {
        return new Users(server, false, () -> {
            try (RawClient check = new RawClient(server.port()).patience(2_000)) {
                return check.get("/");
            }
        });
    }

    private Users(ChildServer server, boolean tls, Callable<String> check) throws Exception {
        for (int i = 0; i < SESSIONS; i++) {
            RawClient session = tls ? RawClient.overTls(server.port()) : new RawClient(server.port());
            sessions.add(session);
            assertThat(session.get("/session")).startsWith("HTTP/1.1 200");
            start("user", () -> {
                long asked = System.nanoTime();
                String answer = session.get("/session");
                longestWait.accumulateAndGet(System.nanoTime() - asked, Math::max);
                if (!answer.startsWith("HTTP/1.1 200")) {
                    throw new IOException("answered <" + answer + ">");
                }
                answers.incrementAndGet();
            });
        }
        start("balancer", () -> {
            checks.incrementAndGet();
            try {
                String answer = check.call();
                if (!answer.startsWith("HTTP/1.1 200")) {
                    failedChecks.add(answer);
                }
            } catch (IOException e) {
                failedChecks.add(e.toString());
            }
        });
    }

    private interface Turn {
        void take() throws Exception;
    }

    private void start(String who, Turn turn) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!leaving) {
                            turn.take();
                            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                        }
                    } catch (Exception e) {
                        if (!leaving) {
                            lost.add(who + ": " + e);
                        }
                    }
                },
                who);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    void allWereServed(ChildServer server) {
        assertThat(lost)
                .as("sessions lost, while the server said %s", server.output())
                .isEmpty();
        assertThat(failedChecks).as("checks of %s that failed", checks).isEmpty();
        assertThat(answers).hasValueGreaterThan(SESSIONS * 2);
    }

    /** For the log. */
    @Override
    public String toString() {
        return answers + " answers to " + SESSIONS + " users, longest wait "
                + TimeUnit.NANOSECONDS.toMillis(longestWait.get()) + " ms, " + lost.size() + " lost; " + checks
                + " health checks, " + failedChecks.size() + " failed";
    }

    @Override
    public void close() throws IOException {
        leaving = true;
        for (RawClient session : sessions) {
            session.close();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
