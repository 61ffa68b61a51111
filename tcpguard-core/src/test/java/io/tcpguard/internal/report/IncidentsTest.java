/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import io.tcpguard.state.Verdict;
import io.tcpguard.testkit.LogHandler;
import io.tcpguard.testkit.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IncidentsTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard.TcpGuard");
    private static final GuardSnapshot DEPLOY =
            Snapshots.of(Level.DRAIN, null, 100, new Verdict(false, 0, "deploy", DownBy.OPERATOR), "deploy");

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new LogHandler(line -> lines.add(line.getLevel() + " " + line.getMessage()));
    private final RefusalCounters shed = new RefusalCounters();
    private GuardSnapshot now = Snapshots.calm();
    private final Incidents incidents = new Incidents(
            shed, () -> 0, () -> now, () -> TcpCounts.UNKNOWN, () -> List.of("40 connections in CLOSE_WAIT"), List::of);

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(handler);
    }

    private void to(GuardSnapshot next, long second) {
        incidents.record(new Transition(now, next), seconds(second));
        now = next;
        incidents.sampled(now, seconds(second));
    }

    private void stay(long from, long to) {
        for (long second = from; second <= to; second++) {
            incidents.sampled(now, seconds(second));
        }
    }

    @Test
    void tellsInAFloodHowManyWereRefusedUntilNow() {
        to(Snapshots.at(Level.SHED, 992), 1);
        refuse(3000);

        assertThat(incidents.text(seconds(41)).orElseThrow())
                .contains("40.0 s of trouble so far, up to SHED")
                .contains("refused     3000 in all")
                .contains("still SHED")
                .contains("Also seen: 40 connections in CLOSE_WAIT.");
        assertThat(incidents.json(seconds(41)))
                .contains("\"millis\":40000,\"over\":false,\"worst\":true,\"level\":\"SHED\"")
                .contains("\"refusedInAll\":3000,\"refused\":[{\"stage\":\"ACCEPT\",\"method\":\"RESET\"");
    }

    @Test
    void marksTheWorstOfSeveral() {
        to(Snapshots.leak("leak"), 1);
        to(Snapshots.calm(), 11);
        to(Snapshots.at(Level.SHED, 992), 100);
        to(Snapshots.calm(), 101);

        assertThat(incidents.text(seconds(200)).orElseThrow())
                .startsWith("What happened: 1.0 s of trouble, up to SHED")
                .containsPattern(
                        "10.0 s  up to DRAIN, led by DESCRIPTORS; refused or evicted 0, waited 0  <- the worst\n")
                .contains("The worst of them. What happened: 10.0 s of trouble, up to DRAIN");
        assertThat(incidents.json(seconds(200))).containsOnlyOnce("\"worst\":true");
    }

    @Test
    void warnsOnceAMinuteWhileItLastsAndTellsAllWhenItIsOver() {
        to(Snapshots.at(Level.SHED, 992), 1);
        refuse(500);
        stay(2, 60);
        assertThat(lines).isEmpty();
        stay(61, 200);

        assertThat(lines).hasSize(3).allMatch(line -> line.startsWith("WARNING tcpguard: still SHED after "));
        assertThat(lines.get(0))
                .contains("after 60 s, health up, weight 96: ")
                .contains("refused or evicted so far 500");

        to(Snapshots.calm(), 201);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(3)).startsWith("INFO What happened: 200.0 s of trouble");
    }

    @Test
    void saysNothingOfAStartADeployOrATrifle() {
        to(Snapshots.of(Level.NORMAL, null, 100, new Verdict(false, 0, "http does not accept yet"), "starts"), 1);
        to(Snapshots.calm(), 3);
        to(DEPLOY, 10);
        stay(11, 300);
        to(Snapshots.calm(), 301);
        to(Snapshots.at(Level.ELEVATED, 870), 310);
        to(Snapshots.calm(), 320);

        assertThat(lines).isEmpty();
        assertThat(incidents.text(seconds(400))).isEmpty();
        assertThat(incidents.json(seconds(400))).startsWith("{\"episodes\":[],");
        assertThat(incidents.page(false)).isEqualTo("Nothing has happened since the guard started.\n");
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            shed.count(RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
        }
    }

    private static long seconds(long n) {
        return TimeUnit.SECONDS.toNanos(n);
    }
}
