/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Finding;
import io.tcpguard.advisor.Listening;
import io.tcpguard.advisor.Machine;
import io.tcpguard.advisor.Report;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the guard tells people of settings that will hurt: at the start, and once more when it has seen the listeners.
 */
public final class AdvisorReports {
    private static final GuardLog LOG = GuardLog.of("io.tcpguard.TcpGuard");
    private static final long OTHERS_OPEN = TimeUnit.SECONDS.toNanos(1);

    private final Machine machine;
    private volatile Advice newest;
    /** The sampler's own. */
    private boolean queueSeen;
    /** The sampler's own. */
    private boolean queuesTold;
    /** The sampler's own. */
    private long queueSeenAt;

    /** Written out at once: at exhaustion, when people ask, neither a file nor a class may have to be opened for it. */
    private record Advice(List<Finding> findings, Report report, String text, String json) {
        static Advice on(Machine machine) {
            List<Finding> findings = Advisor.examine(machine);
            Report report = new Report(machine, findings);
            return new Advice(findings, report, report.text(), report.json());
        }
    }

    /** Reads the settings while there are descriptors to read them with. */
    public AdvisorReports() {
        machine = Machine.self(List.of());
        newest = Advice.on(machine);
    }

    public void adviseAtStart() {
        Report atStart = newest.report();
        String block = atStart.startBlock();
        if (atStart.exitCode() > 0) {
            LOG.warn("{}", block);
        } else {
            LOG.info("{}", block);
        }
    }

    /**
     * True once: a second after the first accept queue was seen, since a server opens its listeners one by one. Only
     * for the sampler's thread.
     */
    public boolean listenersAreNews(GuardSnapshot snapshot, long now) {
        if (queuesTold || !(queueSeen || seesQueue(snapshot.signals()))) {
            return false;
        }
        if (!queueSeen) {
            queueSeen = true;
            queueSeenAt = now;
        }
        queuesTold = now - queueSeenAt >= OTHERS_OPEN;
        return queuesTold;
    }

    private static boolean seesQueue(List<SignalState> signals) {
        for (int i = 0; i < signals.size(); i++) {
            Reading reading = signals.get(i).reading();
            if (reading.signal() == Signal.ACCEPT_QUEUE && reading instanceof Reading.Measured) {
                return true;
            }
        }
        return false;
    }

    /** Judges once more, with these listeners; from what was read at the start, so it opens nothing. */
    public void adviseOn(List<Listening> listeners) {
        Report before = newest.report();
        Advice advice = Advice.on(machine.with(listeners));
        newest = advice;
        advice.report().newsSince(before).ifPresent(block -> LOG.warn("{}", block));
    }

    public static Report adviseNow(List<Listening> listeners) {
        Machine now = Machine.self(listeners);
        return new Report(now, Advisor.examine(now));
    }

    /** What that report found. */
    public List<Finding> findings() {
        return newest.findings();
    }

    /** The report of the start, or of when the listeners were seen. */
    public String advice(boolean json) {
        Advice advice = newest;
        return json ? advice.json() : advice.text();
    }
}
