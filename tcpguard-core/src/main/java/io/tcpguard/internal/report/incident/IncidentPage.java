/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.advisor.Finding;
import io.tcpguard.signal.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** All episodes that are kept, for a person: the newest in full, the others in a line each, the worst in full, too. */
public final class IncidentPage {
    private static final double NANOS = 1e9;

    private IncidentPage() {}

    /**
     * The page, several lines, each ended.
     *
     * @param episodes the oldest first, at least one
     * @param nowNanos the time now, on the guard's clock
     * @param now the same by the wall clock
     * @param findings what the advisor says of this machine
     * @param remarks what else was seen, of the newest
     */
    public static String text(
            List<Episode> episodes, long nowNanos, Instant now, List<Finding> findings, List<String> remarks) {
        Episode newest = episodes.get(episodes.size() - 1);
        StringBuilder out = new StringBuilder(IncidentReport.text(newest, nowNanos, now, findings));
        remarks.forEach(remark -> out.append("Also seen: ").append(remark).append(".\n"));
        if (episodes.size() == 1) {
            return out.toString();
        }
        Episode worst = FlightRecorder.worst(episodes).orElseThrow();
        out.append("\nLast episodes, the newest first:\n");
        for (int i = episodes.size() - 1; i >= 0; i--) {
            Episode episode = episodes.get(i);
            out.append(line(episode, nowNanos, now)).append(episode.equals(worst) ? "  <- the worst\n" : "\n");
        }
        if (!worst.equals(newest)) {
            out.append("\nThe worst of them. ").append(IncidentReport.text(worst, nowNanos, now, findings));
        }
        return out.toString();
    }

    private static String line(Episode episode, long nowNanos, Instant now) {
        Signal leading = episode.leading(nowNanos);
        return String.format(
                Locale.ROOT,
                "  %s  %8.1f s%s  up to %s, led by %s; refused or evicted %d, waited %d%s",
                episode.began(nowNanos, now),
                episode.lengthNanos() / NANOS,
                episode.over() ? "" : " so far",
                episode.peak(),
                leading == null ? "no signal" : leading,
                episode.refusedInAll(),
                episode.waited(),
                episode.rehearsal() ? "; a rehearsal" : "");
    }
}
