/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.linux.DescriptorKey.DescriptorKind;
import io.tcpguard.internal.probe.HeldDescriptors;
import io.tcpguard.internal.text.Plain;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What the descriptors were at one look. Immutable. */
public final class SurveyedDescriptors {
    /** Nothing was seen. */
    public static final SurveyedDescriptors NONE = new SurveyedDescriptors(Map.of(), 1);

    /** A kind of so few is told place by place. */
    private static final int FEW = 20;

    /** Where no place has a tenth of its kind, places are put together. */
    private static final int SHARE = 10;

    private static final int LONGEST = 100;

    private final Map<DescriptorKey, Integer> counts;
    private final double scale;

    private SurveyedDescriptors(Map<DescriptorKey, Integer> counts, double scale) {
        this.counts = counts;
        this.scale = scale;
    }

    static SurveyedDescriptors of(Map<DescriptorKey, Integer> counts, double scale) {
        return new SurveyedDescriptors(Map.copyOf(counts), scale);
    }

    /**
     * Those that grew most, then those that are most.
     *
     * @param before what to compare with
     * @param most groups to tell
     */
    public List<HeldDescriptors> top(SurveyedDescriptors before, int most) {
        Map<DescriptorKind, UnaryOperator<DescriptorKey>> grouping = new EnumMap<>(DescriptorKind.class);
        for (DescriptorKind kind : DescriptorKind.values()) {
            grouping.put(kind, grouping(kind, before));
        }
        Map<DescriptorKey, Long> now = grouped(grouping);
        Map<DescriptorKey, Long> then = before.grouped(grouping);
        List<HeldDescriptors> all = new ArrayList<>();
        now.forEach(
                (key, count) -> all.add(new HeldDescriptors(words(key), count, count - then.getOrDefault(key, 0L))));
        all.sort(Comparator.comparingLong(HeldDescriptors::more)
                .thenComparingLong(HeldDescriptors::count)
                .reversed()
                .thenComparing(HeldDescriptors::what));
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }

    private Map<DescriptorKey, Long> grouped(Map<DescriptorKind, UnaryOperator<DescriptorKey>> grouping) {
        Map<DescriptorKey, Long> groups = new HashMap<>();
        counts.forEach((key, count) -> {
            UnaryOperator<DescriptorKey> group = grouping.get(key.kind());
            groups.merge(group == null ? key : group.apply(key), Math.round(count * scale), Long::sum);
        });
        return groups;
    }

    /** The finest that still has a group that matters for the growth. */
    private UnaryOperator<DescriptorKey> grouping(DescriptorKind kind, SurveyedDescriptors before) {
        List<UnaryOperator<DescriptorKey>> finestFirst =
                switch (kind) {
                    case FILE, DELETED_FILE -> byDirectory();
                    case SOCKET, CLIENT_SOCKET ->
                        List.of(
                                key -> key,
                                key -> new DescriptorKey(key.kind(), key.place(), 0),
                                key -> new DescriptorKey(key.kind(), "", key.port()),
                                key -> new DescriptorKey(key.kind(), "", 0));
                    case UNIX_SOCKET -> List.of(key -> key, key -> new DescriptorKey(key.kind(), "", 0));
                    case NAMELESS_SOCKET, OTHER -> List.of(key -> key);
                };
        for (UnaryOperator<DescriptorKey> each : finestFirst) {
            if (matters(kind, each, before)) {
                return each;
            }
        }
        return finestFirst.get(finestFirst.size() - 1);
    }

    private boolean matters(DescriptorKind kind, UnaryOperator<DescriptorKey> group, SurveyedDescriptors before) {
        Map<DescriptorKey, Long> groups = new HashMap<>();
        long all = 0;
        long largest = 0;
        for (Map.Entry<DescriptorKey, Integer> each : counts.entrySet()) {
            long more = Math.round(each.getValue() * scale)
                    - Math.round(before.counts.getOrDefault(each.getKey(), 0) * before.scale);
            if (each.getKey().kind() == kind && more > 0) {
                all += more;
                largest = Math.max(largest, groups.merge(group.apply(each.getKey()), more, Long::sum));
            }
        }
        return all < FEW || largest * SHARE >= all;
    }

    private static List<UnaryOperator<DescriptorKey>> byDirectory() {
        List<UnaryOperator<DescriptorKey>> ups = new ArrayList<>();
        ups.add(key -> key);
        for (int depth = 6; depth >= 1; depth--) {
            int levels = depth;
            ups.add(key -> new DescriptorKey(key.kind(), cut(key.place(), levels), 1));
        }
        ups.add(key -> new DescriptorKey(key.kind(), "/", 1));
        return ups;
    }

    /** Its first so many levels. */
    private static String cut(String directory, int levels) {
        int end = 0;
        for (int i = 0; i < levels && end >= 0; i++) {
            end = directory.indexOf('/', end + 1);
        }
        return end < 0 ? directory : directory.substring(0, end);
    }

    /** Names of files and sockets come from anywhere. */
    private static String words(DescriptorKey key) {
        String place = Plain.text(key.place(), LONGEST);
        return switch (key.kind()) {
            case FILE -> "files " + (key.port() == 0 ? "in " : "below ") + place;
            case DELETED_FILE -> "deleted files " + (key.port() == 0 ? "in " : "below ") + place;
            case CLIENT_SOCKET -> "connections of clients" + (key.port() == 0 ? "" : " to port " + key.port());
            case SOCKET -> {
                String port = key.port() == 0 ? "" : ":" + key.port();
                yield place.isEmpty()
                        ? "sockets to many addresses" + (port.isEmpty() ? "" : ", port " + key.port())
                        : "sockets to " + place + port;
            }
            case UNIX_SOCKET -> place.isEmpty() ? "unix sockets" : "unix sockets of " + place;
            case NAMELESS_SOCKET, OTHER -> place;
        };
    }
}
