/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.advisor.SavedMachine;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.report.incident.Episode.Moment;
import io.tcpguard.internal.report.incident.Episode.RefusalKind;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Reads an episode that was written down while it happened. */
final class SavedEpisode {

    private final List<GuardSnapshot> snapshots = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final List<Map<RefusalKind, Long>> refused = new ArrayList<>();
    private final List<Map<KernelCounter, Long>> kernel = new ArrayList<>();

    private SavedEpisode() {}

    static Episode read(String resource) {
        SavedEpisode saved = new SavedEpisode();
        SavedMachine.resource(resource).lines().filter(l -> !l.startsWith("#")).forEach(saved::line);
        List<Moment> moments = new ArrayList<>();
        for (int i = 1; i < saved.snapshots.size(); i++) {
            moments.add(new Moment(
                    saved.times.get(i),
                    saved.snapshots.get(i),
                    saved.refused.get(i),
                    Map.of(),
                    0,
                    saved.kernel.get(i)));
        }
        return new Episode(saved.snapshots.get(0), moments, 0);
    }

    private void line(String line) {
        String[] words = line.strip().split(" ", -1);
        switch (words[0]) {
            case "before", "moment" -> snapshot(words, line.strip().split(" ", 11)[10]);
            case "refused" ->
                refused.get(refused.size() - 1)
                        .put(
                                new RefusalKind(
                                        RefusalCounters.Stage.valueOf(words[1]),
                                        RefusalCounters.Method.valueOf(words[2]),
                                        RefusalCounters.Reason.valueOf(words[3])),
                                Long.parseLong(words[4]));
            case "kernel" ->
                kernel.get(kernel.size() - 1).put(KernelCounter.valueOf(words[1]), Long.parseLong(words[2]));
            default -> throw new IllegalArgumentException(line);
        }
    }

    private void snapshot(String[] words, String reason) {
        boolean up = words[4].equals("up");
        times.add(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[1])));
        snapshots.add(new GuardSnapshot(
                Level.valueOf(words[2]),
                words[3].equals("-") ? null : Signal.valueOf(words[3]),
                reason,
                new Capacity(
                        Long.parseLong(words[6]),
                        Long.parseLong(words[7]),
                        Long.parseLong(words[8]),
                        Long.parseLong(words[9])),
                new Verdict(up, Integer.parseInt(words[5]), reason),
                Admission.ADMIT,
                false,
                List.of(),
                0));
        refused.add(new HashMap<>());
        kernel.add(new EnumMap<>(KernelCounter.class));
    }
}
