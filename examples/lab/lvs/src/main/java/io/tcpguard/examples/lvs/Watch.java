/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import io.tcpguard.examples.demo.load.Counts;
import io.tcpguard.examples.demo.load.Load;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One run: plays the load against the virtual address, and each second looks at director and servers and tells. */
final class Watch {
    private final Path directory;
    private final String title;
    private final Plan plan;
    private final List<Path> descriptors;
    private final boolean live;

    /**
     * @param directory where the director writes its logs
     * @param descriptors the servers' {@code /proc/PID/fd}
     * @param live whether a terminal is there to be written over; else every fifth second gets its line
     */
    Watch(Path directory, String title, Plan plan, List<Path> descriptors, boolean live) {
        this.directory = directory;
        this.title = title;
        this.plan = plan;
        this.descriptors = descriptors;
        this.live = live;
    }

    Trace go(InetSocketAddress vip) throws IOException {
        List<Second> seconds = new ArrayList<>();
        CheckLog.Events begin = events();
        try (Load load = new Load(plan.load(), List.of(vip))) {
            long start = System.nanoTime();
            load.start();
            Counts before = Counts.NONE;
            for (int at = 1; at <= plan.seconds(); at++) {
                sleepUntil(start + TimeUnit.SECONDS.toNanos(at));
                Counts now = load.counts(0);
                Second second = second(at, events().since(begin), now, before);
                seconds.add(second);
                show(second);
                before = now;
            }
        }
        if (live) {
            System.out.println();
        }
        return new Trace(title, plan, seconds, events().since(begin), 0);
    }

    private Second second(int at, CheckLog.Events events, Counts now, Counts before) throws IOException {
        IpvsTable table = IpvsTable.newest(Files.readString(directory.resolve("ipvs.log")));
        int fullest = 0;
        for (Path one : descriptors) {
            fullest = Math.max(fullest, open(one, plan.incident().restarts()));
        }
        return new Second(
                at,
                table.in(),
                events.down(),
                now.inSession(),
                now.logins() - before.logins(),
                now.failures() - before.failures(),
                now.lost() - before.lost(),
                now.abusersHolding(),
                fullest,
                table.active());
    }

    private CheckLog.Events events() throws IOException {
        return CheckLog.events(Files.readString(directory.resolve("keepalived.log")));
    }

    private static int open(Path directory, boolean mayBeGone) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return (int) entries.count();
        } catch (NoSuchFileException e) {
            if (mayBeGone) {
                return 0;
            }
            throw new IOException("a server died in the run: see its log", e);
        }
    }

    private void show(Second s) {
        String line = String.format(
                Locale.ROOT,
                "%-27s %3d s %-6s servers in %s %d/%d  in session %4d/%d  logins %3d/s  failed %4d/s  lost %3d/s  "
                        + "fullest %d/%d",
                title,
                s.at(),
                plan.phase(s.at()),
                "#".repeat(s.in()) + ".".repeat(Math.max(0, plan.servers() - s.in())),
                s.in(),
                plan.servers(),
                s.inSession(),
                plan.load().users(),
                s.logins(),
                s.failures(),
                s.lost(),
                s.descriptors(),
                plan.limit());
        boolean lasting = s.at() % 5 == 0;
        if (live) {
            System.out.print("\r" + line + "\u001b[K" + (lasting ? "\n" : ""));
            System.out.flush();
        } else if (lasting) {
            System.out.println(line);
        }
    }

    private static void sleepUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
