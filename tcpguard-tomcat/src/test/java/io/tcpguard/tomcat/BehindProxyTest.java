/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import io.tcpguard.testkit.SelfSigned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy's bytes are on their way when its connection is refused or closed: it hears of an end, and of no reset. */
@Timeout(60)
class BehindProxyTest {
    private static final String ASK = " HTTP/1.1\r\nHost: test\r\n";

    private final FakeControl policy = new FakeControl();
    private final List<AutoCloseable> open = new ArrayList<>();
    private TomcatRig rig;

    @BeforeEach
    void make() throws IOException {
        rig = new TomcatRig();
        rig.connector.addUpgradeProtocol(new Http2Protocol());
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        rig.close();
    }

    private <T extends AutoCloseable> T closing(T client) {
        open.add(client);
        return client;
    }

    /** One worker, and that is busy: what arrives is read by nobody. */
    private void nobodyReads() throws Exception {
        closing(rig.client()).send("GET /block" + ASK + "\r\n");
        rig.blocked.await();
    }

    private void startWithOneWorker() throws Exception {
        rig.protocol.guardWith(policy);
        rig.connector.setProperty("maxThreads", "1");
        rig.connector.setProperty("minSpareThreads", "1");
        rig.start();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isNotResetWhenItsIdleConnectionGivesWayAsItsNextRequestArrives(boolean tls, @TempDir Path directory)
            throws Exception {
        if (tls) {
            Keys.serve(rig.connector, SelfSigned.keys(directory).toString());
        }
        startWithOneWorker();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawClient client = closing(tls ? RawClient.overTls(rig.port()) : rig.client());
            client.get("/");
            clients.add(client);
        }
        Await.until("idle", () -> policy.handles.stream().noneMatch(FakeControl.Handle::working));
        List<FakeControl.Handle> idle = List.copyOf(policy.handles);
        if (tls) {
            closing(RawClient.overTls(rig.port())).send("GET /block" + ASK + "\r\n");
            rig.blocked.await();
        } else {
            nobodyReads();
        }
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).send("POST /" + ASK + "Content-Length: 20000\r\n\r\n" + "x".repeat(20_000));
            FakeControl.Handle handle = idle.get(i);
            Await.until("here", handle.closer::inProgress);
            assertThat(handle.evict(Closing.ORDERLY)).isTrue();
        }
        for (RawClient client : clients) {
            assertThat(tls ? client.ending().equals("FIN") : client.endsWithoutReset())
                    .isTrue();
        }
    }

    @Test
    void isNotResetWhenItsIdleConnectionOfHttp2GivesWayAsItsNextRequestArrives() throws Exception {
        startWithOneWorker();
        List<Http2Client> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Http2Client client = closing(new Http2Client(rig.port()));
            client.get("/");
            clients.add(client);
        }
        Await.until("idle", () -> policy.handles.stream().noneMatch(FakeControl.Handle::working));
        List<FakeControl.Handle> idle = List.copyOf(policy.handles);
        nobodyReads();
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).send("/");
            FakeControl.Handle handle = idle.get(i);
            Await.until("here", handle.closer::inProgress);
            assertThat(handle.evict(Closing.ORDERLY)).isTrue();
        }
        rig.release.countDown();
        for (Http2Client client : clients) {
            assertThat(client.untilTheEnd()).endsWith("FIN");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000, 1_500_000, 8_000_000})
    void readsA503AndNoResetWhenItsUploadIsRefused(int bytes) throws Exception {
        rig.protocol.guardWith(policy);
        rig.start();
        policy.requests = Admission.RESPOND;
        for (int i = 0; i < 4; i++) {
            RawClient client = closing(rig.client());
            client.send("POST /body" + ASK + "Content-Length: " + bytes + "\r\n\r\n" + "x".repeat(bytes));
            assertThat(client.untilTheEnd()).startsWith("HTTP/1.1 503").endsWith("Try again in 2 s.\n");
        }
        assertThat(rig.served).hasValue(0);
    }

    @Test
    void waitsForNoBodyOfARefusedRequestThatWaitsToBeToldToSendIt() throws Exception {
        rig.protocol.guardWith(policy);
        rig.start();
        policy.requests = Admission.RESPOND;
        RawClient client = closing(rig.client());
        client.send("POST /body" + ASK + "Content-Length: 8000000\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.untilTheEnd()).startsWith("HTTP/1.1 503");
    }

    /** Workers are what is short where requests are refused. */
    @ParameterizedTest
    @CsvSource({"8000000, false", "1000000, false", "1000000, true"})
    void aRefusedUploadThatComesSlowlyHoldsItsWorkerForAMomentOnly(int bytes, boolean drips) throws Exception {
        startWithOneWorker();
        policy.requests = Admission.RESPOND;
        List<RawClient> uploads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawClient client = closing(rig.client());
            client.send("POST /body" + ASK + "Content-Length: " + bytes + "\r\n\r\n");
            uploads.add(client);
        }
        if (drips) {
            drip(uploads);
        }
        assertThat(closing(rig.client()).get("/")).startsWith("HTTP/1.1 503");
    }

    /** A byte at a time, until they are closed. */
    private static void drip(List<RawClient> uploads) {
        for (RawClient client : uploads) {
            Thread drips = new Thread(() -> {
                try {
                    while (true) {
                        client.send("x");
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                    }
                } catch (IOException closed) {
                    return;
                }
            });
            drips.setDaemon(true);
            drips.start();
        }
    }

    @Test
    void isNotResetWhenItsRequestStandsStill() throws Exception {
        rig.protocol.guardWith(policy);
        rig.connector.setProperty("socket.txBufSize", "32768");
        rig.start();
        RawClient client = closing(rig.client());
        // It takes nothing of its answer, and what it sends is not read.
        client.send("POST /big" + ASK + "Content-Length: 200000\r\n\r\n" + "x".repeat(200_000));
        Await.until("found to stand still", () -> {
            int ended = policy.lastListener()
                    .control
                    .endStalledWork(TimeUnit.MILLISECONDS.toNanos(100), 8, Closing.ORDERLY);
            return ended == 1;
        });
        Await.until("closed", () -> policy.open() == 0);
        assertThat(client.endsWithoutReset()).isTrue();
    }

    /** Under TLS nobody can be answered, and their first words come after the connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isNotResetByAFullServer(boolean tls, @TempDir Path directory) throws Exception {
        try (TcpGuard guard = TcpGuard.builder()
                .behindProxy(true)
                .set("queueWait", "0s")
                .set("stalledAfter", "30s")
                .build()
                .start()) {
            if (tls) {
                Keys.serve(rig.connector, SelfSigned.keys(directory).toString());
            }
            rig.protocol.guardWith(guard);
            rig.connector.setProperty("maxConnections", "1");
            rig.start();
            Await.until("up", () -> guard.snapshot().verdict().up());
            closing(tls ? RawClient.overTls(rig.port()) : rig.client()).send("GET /block" + ASK + "\r\n");
            rig.blocked.await();
            for (int i = 0; i < 6; i++) {
                // What comes first is a record's beginning, as far as the server looks.
                RawClient client = closing(rig.client());
                TimeUnit.MILLISECONDS.sleep(5);
                client.send("GET /" + ASK + "\r\n");
                TimeUnit.MILLISECONDS.sleep(5);
                client.send("more");
                assertThat(client.endsWithoutReset()).isTrue();
            }
            rig.release.countDown();
        }
    }
}
