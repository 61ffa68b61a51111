/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.advisor.Finding;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.report.incident.Episode;
import io.tcpguard.internal.report.incident.FlightRecorder;
import io.tcpguard.internal.report.incident.IncidentPage;
import io.tcpguard.internal.report.incident.IncidentReport;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happened: told to who asks, once a minute in the log while it lasts, and in full there when it is over. */
public final class Incidents {
    private static final GuardLog LOG = GuardLog.of("io.tcpguard.TcpGuard");
    private static final int CHANGES_KEPT = 64;
    private static final long SAID_AGAIN = TimeUnit.MINUTES.toNanos(1);
    private static final String NOTHING = "Nothing has happened since the guard started.\n";

    private final RefusalCounters shed;
    private final LongSupplier waited;
    private final Supplier<GuardSnapshot> snapshot;
    private final Supplier<List<String>> remarks;
    private final Supplier<List<Finding>> findings;
    private final FlightRecorder recorder;
    private volatile @Nullable Episode unsaid;
    /** The sampler's own. */
    private boolean trouble;
    /** The sampler's own. */
    private long saidAt;

    /**
     * @param shed counts of refusals and evictions
     * @param waited connections that had to wait
     * @param snapshot the newest
     * @param kernel the kernel's counters, any thread
     * @param remarks what stands out besides
     * @param findings what the advisor says
     */
    public Incidents(
            RefusalCounters shed,
            LongSupplier waited,
            Supplier<GuardSnapshot> snapshot,
            Supplier<TcpCounts> kernel,
            Supplier<List<String>> remarks,
            Supplier<List<Finding>> findings) {
        this.shed = shed;
        this.waited = waited;
        this.snapshot = snapshot;
        this.remarks = remarks;
        this.findings = findings;
        recorder = new FlightRecorder(CHANGES_KEPT, kernel);
    }

    /** Only for the thread that hears of transitions. */
    public void record(Transition transition) {
        record(transition, AwakeTime.nanoTime());
    }

    void record(Transition transition, long now) {
        recorder.record(transition, now, shed, waited.getAsLong()).ifPresent(episode -> unsaid = episode);
    }

    /**
     * After each sample, on the sampler's thread: writes what is due. Writing takes milliseconds, and the thread that
     * hears of transitions is the one that answers health checks.
     */
    public void sampled(GuardSnapshot newest, long now) {
        Episode over = unsaid;
        if (over != null) {
            unsaid = null;
            LOG.info("{}{}", IncidentReport.text(over, now, Instant.now(), findings.get()), alsoSeen());
        }
        if (newest.level() == Level.NORMAL) {
            trouble &= !newest.verdict().up();
            if (!trouble) {
                recorder.calmAt(newest, now, shed, waited.getAsLong());
            }
        } else if (newest.level().atLeast(Level.SHED) && newest.verdict().by() != DownBy.OPERATOR) {
            lasting(newest, now);
        }
    }

    private void lasting(GuardSnapshot newest, long now) {
        if (!trouble) {
            trouble = true;
            saidAt = now;
        } else if (now - saidAt >= SAID_AGAIN) {
            saidAt = now;
            List<Episode> known = episodes(newest, now);
            if (known.isEmpty() || known.get(known.size() - 1).over()) {
                return;
            }
            Episode current = known.get(known.size() - 1);
            LOG.warn(
                    "tcpguard: still {} after {} s, health {}: {}; refused or evicted so far {}, waited {}",
                    newest.level(),
                    TimeUnit.NANOSECONDS.toSeconds(current.lengthNanos()),
                    newest.verdict().up() ? "up, weight " + newest.verdict().weight() : "DOWN",
                    newest.verdict().up() ? newest.reason() : newest.verdict().reason(),
                    current.refusedInAll(),
                    current.waited());
        }
    }

    private List<Episode> episodes(GuardSnapshot newest, long now) {
        return recorder.episodes(newest, now, shed, waited.getAsLong());
    }

    /** What happened, in words; empty if nothing did. Any thread. */
    public Optional<String> text() {
        return text(AwakeTime.nanoTime());
    }

    Optional<String> text(long now) {
        List<Episode> known = episodes(snapshot.get(), now);
        return known.isEmpty()
                ? Optional.empty()
                : Optional.of(IncidentPage.text(known, now, Instant.now(), findings.get(), remarks.get()));
    }

    /** The answer to who asks on the health port. */
    public String page(boolean json) {
        return json ? json(AwakeTime.nanoTime()) : text().orElse(NOTHING);
    }

    String json(long now) {
        return IncidentJson.of(episodes(snapshot.get(), now), now, Instant.now(), remarks.get());
    }

    private String alsoSeen() {
        StringBuilder text = new StringBuilder();
        for (String remark : remarks.get()) {
            text.append("Also seen: ").append(remark).append(".\n");
        }
        return text.toString();
    }
}
