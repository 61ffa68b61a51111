/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.internal.report.incident.Episode;
import io.tcpguard.internal.report.incident.FlightRecorder;
import io.tcpguard.internal.text.JsonText;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The episodes for a program, the newest first. */
final class IncidentJson {
    /** Changes of an episode, from each of its ends. */
    private static final int SHOWN = 10;

    private final long nowNanos;
    private final Instant now;
    private final @Nullable Episode worst;

    private IncidentJson(List<Episode> episodes, long nowNanos, Instant now) {
        this.nowNanos = nowNanos;
        this.now = now;
        this.worst = FlightRecorder.worst(episodes).orElse(null);
    }

    static String of(List<Episode> episodes, long nowNanos, Instant now, List<String> remarks) {
        List<Episode> newestFirst = new ArrayList<>(episodes);
        Collections.reverse(newestFirst);
        IncidentJson writer = new IncidentJson(episodes, nowNanos, now);
        return JsonText.object(json -> json.array("episodes", newestFirst, writer::episode)
                .array("remarks", remarks, (o, remark) -> o.member("text", remark)));
    }

    private void episode(JsonText json, Episode episode) {
        Signal leading = episode.leading(nowNanos);
        GuardSnapshot atWorst = episode.worst();
        json.member("since", episode.began(nowNanos, now).toString())
                .member("millis", TimeUnit.NANOSECONDS.toMillis(episode.lengthNanos()))
                .member("over", episode.over())
                .member("worst", episode.equals(worst))
                .member("level", episode.peak().name())
                .member("leading", leading == null ? null : leading.name())
                .member("reason", atWorst.reason())
                .object("capacity", o -> capacity(o, atWorst.capacity()))
                .member("refusedInAll", episode.refusedInAll())
                .array("refused", episode.refused(), IncidentJson::refused)
                .object("sources", o -> ranks(o, episode))
                .member("waited", episode.waited())
                .object("kernel", o -> episode.kernel().forEach((counter, count) -> o.member(counter.name(), count)))
                .member("rehearsal", episode.rehearsal())
                .member("changes", episode.moments().size() + episode.lost())
                .array("course", ends(episode.moments()), (o, moment) -> change(o, episode, moment));
    }

    /** New connections while slots were scarce, by what their sources were known for. */
    private static void ranks(JsonText json, Episode episode) {
        var ranks = episode.ranks();
        for (RefusalCounters.Rank rank : RefusalCounters.Rank.values()) {
            json.object(rank.name(), o -> o.member("letIn", ranks.getOrDefault(new Episode.RankKind(rank, true), 0L))
                    .member("refused", ranks.getOrDefault(new Episode.RankKind(rank, false), 0L)));
        }
    }

    private static void capacity(JsonText json, Capacity capacity) {
        if (capacity.known()) {
            json.member("limit", capacity.limit())
                    .member("used", capacity.used())
                    .member("own", capacity.own())
                    .member("other", capacity.other());
        }
    }

    private static void refused(JsonText json, Map.Entry<Episode.RefusalKind, Long> kind) {
        json.member("stage", kind.getKey().stage().name())
                .member("method", kind.getKey().method().name())
                .member("reason", kind.getKey().reason().name())
                .member("count", kind.getValue());
    }

    private static void change(JsonText json, Episode episode, Episode.Moment moment) {
        GuardSnapshot snapshot = moment.snapshot();
        json.member(
                        "afterMillis",
                        TimeUnit.NANOSECONDS.toMillis(
                                moment.atNanos() - episode.first().atNanos()))
                .member("level", snapshot.level().name())
                .member("up", snapshot.verdict().up())
                .member("weight", snapshot.verdict().weight())
                .member("reason", snapshot.reason());
    }

    private static <T> List<T> ends(List<T> all) {
        if (all.size() <= 2 * SHOWN) {
            return all;
        }
        List<T> ends = new ArrayList<>(all.subList(0, SHOWN));
        ends.addAll(all.subList(all.size() - SHOWN, all.size()));
        return ends;
    }
}
