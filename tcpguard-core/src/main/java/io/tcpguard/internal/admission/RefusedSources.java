/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses are refused most, this minute and the last: 64 of them, those with most stay. Counts nothing while
 * another thread is here, so that nobody waits: an estimate, for a person. Allocates nothing to count.
 */
final class RefusedSources {
    private static final int ROOM = 64;
    private static final int LOOKED_AT = 8;
    private static final long GENERATION = TimeUnit.MINUTES.toNanos(1);

    private final AtomicBoolean busy = new AtomicBoolean();
    private Table current = new Table();
    private Table former = new Table();
    private long since;
    private boolean begun;

    private static final class Table {
        final @Nullable InetAddress[] who = new InetAddress[ROOM];
        final long[] count = new long[ROOM];

        void add(InetAddress source) {
            int hash = source.hashCode() * 0x9E37_79B9;
            int least = -1;
            for (int i = 0; i < LOOKED_AT; i++) {
                int slot = ((hash >>> 26) + i) & (ROOM - 1);
                InetAddress known = who[slot];
                if (known == null || known.equals(source)) {
                    who[slot] = source;
                    count[slot]++;
                    return;
                }
                least = least < 0 || count[slot] < count[least] ? slot : least;
            }
            // Who comes often gets through in the end, who comes once does not push it out.
            if (--count[least] <= 0) {
                who[least] = source;
                count[least] = 1;
            }
        }

        long of(InetAddress source) {
            for (int i = 0; i < ROOM; i++) {
                if (source.equals(who[i])) {
                    return count[i];
                }
            }
            return 0;
        }

        void clear() {
            for (int i = 0; i < ROOM; i++) {
                who[i] = null;
                count[i] = 0;
            }
        }
    }

    private record Refused(InetAddress source, long times) {}

    void add(@Nullable InetAddress source, long now) {
        if (source == null || !busy.compareAndSet(false, true)) {
            return;
        }
        try {
            age(now);
            current.add(source);
        } finally {
            busy.set(false);
        }
    }

    private void age(long now) {
        if (!begun) {
            begun = true;
            since = now;
        }
        if (now - since >= GENERATION) {
            Table oldest = former;
            oldest.clear();
            if (now - since < 2 * GENERATION) {
                former = current;
                current = oldest;
            } else {
                current.clear();
            }
            since = now;
        }
    }

    /** How many addresses are known to have been refused in the last minute or two; 0 while another thread is here. */
    int known(long now) {
        if (!busy.compareAndSet(false, true)) {
            return 0;
        }
        try {
            age(now);
            int all = 0;
            for (int i = 0; i < ROOM; i++) {
                InetAddress before = former.who[i];
                all += current.who[i] == null ? 0 : 1;
                all += before == null || current.of(before) > 0 ? 0 : 1;
            }
            return all;
        } finally {
            busy.set(false);
        }
    }

    /** The addresses with the most refusals, in words; empty if there are none. */
    String most(int howMany, long now) {
        List<Refused> all = new ArrayList<>();
        if (!busy.compareAndSet(false, true)) {
            return "";
        }
        try {
            age(now);
            for (InetAddress source : current.who) {
                if (source != null) {
                    all.add(new Refused(source, current.of(source) + former.of(source)));
                }
            }
            for (InetAddress source : former.who) {
                if (source != null && current.of(source) == 0) {
                    all.add(new Refused(source, former.of(source)));
                }
            }
        } finally {
            busy.set(false);
        }
        return all.stream()
                .sorted(Comparator.comparingLong(Refused::times).reversed())
                .limit(howMany)
                .map(r -> r.source().getHostAddress() + " " + r.times())
                .collect(Collectors.joining(", "));
    }
}
