/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.Closing;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StalledRequestsTest {
    private static final String ASK = " HTTP/1.1\r\nHost: test\r\n";

    private final FakeControl guard = new FakeControl();
    private TomcatRig rig;

    @BeforeEach
    void startServer() throws Exception {
        rig = new TomcatRig();
        rig.protocol.guardWith(guard);
        rig.connector.setProperty("socket.txBufSize", "32768");
        // Tomcat itself would wait for longer than this test does.
        rig.connector.setProperty("connectionTimeout", "120000");
        rig.start();
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
    }

    @Test
    void ofAClientThatDoesNotReadIsEndedAndItsThreadIsFree() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("GET /big" + ASK + "\r\n");
            Await.until("found to stand still", () -> endAll() == 1);
            Await.until("its connection is closed", () -> guard.open() == 0 && rig.tomcatsCount() == 0);
            assertThat(client.bytesUntilItEnds()).isLessThan(TomcatRig.BIG);
        }
        Await.until("its thread is free", () -> rig.inService.get() == 0);
    }

    @Test
    void ofABodyThatDoesNotComeIsEndedAndItsThreadIsFree() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("POST /body" + ASK + "Content-Length: 100\r\n\r\nhalf");
            Await.until("found to stand still", () -> endAll() == 1);
            Await.until("its connection is closed", () -> guard.open() == 0 && rig.tomcatsCount() == 0);
            // Tomcat may still say that the request was cut short.
            assertThat(client.bytesUntilItEnds()).isLessThan(10_000);
        }
        Await.until("its thread is free", () -> rig.inService.get() == 0);
    }

    @Test
    void isNothingThatWorksOrIsIdleOrWaitsForTheRestOfAHead() throws Exception {
        try (RawClient working = rig.client();
                RawClient idle = rig.client();
                RawClient begun = rig.client();
                RawClient async = rig.client();
                RawClient upgraded = rig.client()) {
            working.send("GET /block" + ASK + "\r\n");
            rig.blocked.await();
            idle.get("/");
            begun.send("GET / HT");
            async.send("GET /async" + ASK + "\r\n");
            rig.async.get(30, TimeUnit.SECONDS);
            upgraded.send("GET /upgrade" + ASK + "Connection: upgrade\r\nUpgrade: own\r\n\r\n")
                    .answer();
            for (int i = 0; i < 100; i++) {
                assertThat(endAll()).isZero();
                TimeUnit.MILLISECONDS.sleep(2);
            }
            assertThat(guard.open()).isEqualTo(5);
            assertThat(idle.get("/")).startsWith("HTTP/1.1 200");
            rig.release.countDown();
            assertThat(working.answer()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void isOverForAClientThatReadsOn() throws Exception {
        long hour = TimeUnit.HOURS.toNanos(1);
        try (RawClient client = rig.client()) {
            client.send("GET /big" + ASK + "\r\n");
            for (int i = 0; i < 50; i++) {
                assertThat(end(hour, 10)).isZero();
                TimeUnit.MILLISECONDS.sleep(2);
            }
            assertThat(client.answer()).startsWith("HTTP/1.1 200");
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void isEndedLongestFirstAndNoMoreThanAsked() throws Exception {
        try (RawClient first = rig.client()) {
            first.send("GET /big" + ASK + "\r\n");
            Await.until("in service", () -> rig.inService.get() == 1);
            // Seen from now on.
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(end(TimeUnit.HOURS.toNanos(1), 10)).isZero();
            try (RawClient second = rig.client()) {
                second.send("GET /big" + ASK + "\r\n");
                Await.until("in service", () -> rig.inService.get() == 2);
                TimeUnit.MILLISECONDS.sleep(200);
                assertThat(end(TimeUnit.HOURS.toNanos(1), 10)).isZero();
                assertThat(end(0, 1)).isEqualTo(1);
                Await.until("one is closed", () -> guard.open() == 1);
                assertThat(guard.handles.get(0).isClosed()).isTrue();
                assertThat(second.answer()).startsWith("HTTP/1.1 200");
            }
        }
    }

    private int endAll() {
        // Less would catch requests on their way to their thread.
        return end(TimeUnit.MILLISECONDS.toNanos(100), Integer.MAX_VALUE);
    }

    private int end(long patienceNanos, int most) {
        return guard.listeners.get(0).control.endStalledWork(patienceNanos, most, Closing.RESET);
    }
}
