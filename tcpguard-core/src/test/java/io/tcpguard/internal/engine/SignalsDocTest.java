/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.Golden;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/reference/signals.md} is made from the enum and from what the engine really does with each signal: see
 * {@link Golden}.
 */
class SignalsDocTest {
    @Test
    void isUpToDate() throws IOException {
        Golden.check(Path.of("../docs/reference/signals.md"), document());
    }

    private static String document() {
        StringBuilder text = new StringBuilder(
                """
                # Signals

                A signal is a number that the guard reads, against its limit. `DESCRIPTORS`, `ACCEPT_QUEUE` and `WORK_DELAY` belong to the
                process and are read every 20 ms (`samplePeriod`). The others belong to the machine or to the network namespace and are
                read every 100 ms (`counterPeriod`), and so is `MEMORY`. Limits that an administrator sets are read once a second. While nobody
                comes and every limit is far, all are read once or twice a second (`samplePeriod` again from the first accept on).

                A reading may be unknown, and then says why: `NOT_LINUX`, `NOT_SUPPORTED`, `NOT_READABLE`, `OUT_OF_DESCRIPTORS` (counts as
                pressure 1), `MALFORMED`, `NOTHING_TO_WATCH`, `FAILED`. Unknown is never 0 and raises no level. The log says it once: at the
                start, or a second after a signal is lost; and once more when it is back.

                Reading allocates nothing while the numbers stay the same, and opens no descriptor. The exception is `DESCRIPTORS` before
                Linux 6.2, where the JDK opens `/proc/self/fd` once a second to count. What it costs:
                [performance](../explanation/performance.md#a-sample).

                | signal | whose | unit | source | highest level | when it is not known |
                | --- | --- | --- | --- | --- | --- |
                """);
        for (Signal signal : Signal.values()) {
            text.append("| `" + signal + "` | "
                    + signal.scope().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + " | " + signal.unit() + " | " + source(signal) + " | " + highest(signal) + " | "
                    + whenUnknown(signal) + " |\n");
        }
        text.append(
                """

                What each does alone, by the defaults. A level is entered at this share of the limit, once that has
                lasted so long. It ends below the second share, once that has lasted for `dwell` (SHED of
                `ACCEPT_QUEUE` and `WORK_DELAY`: 500 ms).

                | signal | ELEVATED | SHED | DRAIN | what is done from SHED on | the reason says |
                | --- | --- | --- | --- | --- | --- |
                """);
        for (Signal signal : Signal.values()) {
            text.append(rule(signal, SignalRule.of(signal, GuardConfig.defaults())));
        }
        return text.append(
                        """

                        ## Trend
                        Descriptors and own connections are compared over ten seconds and over ten minutes. `FLOOD`: descriptors grow and own
                        connections with them. `LEAK`: descriptors grow steadily while own connections do not (less than a quarter of the
                        growth). What comes and goes with the connections, such as a gateway's to its back ends, counts as theirs; files
                        that are opened once and kept are no leak, but a lower weight. Both say how long it takes until none is
                        left, in `TcpGuard.status().trend()`, at `/details` and in the reason of ELEVATED and DRAIN.

                        ## In addition to the signals
                        Every ten seconds at most, for at most 20 ms, outside of sampling: the process's sockets by state, and kernel counters
                        that tell causes apart. See [the health port](health-port.md#details).

                        A reading of `ACCEPT_QUEUE` above its limit is no error: the kernel lets one more wait than the backlog says.
                        `EPHEMERAL_PORTS` is an upper bound: no kernel counter says how many ports outgoing connections hold, and the kernel
                        gives one port to several connections if their destinations differ. That none was left towards a destination is known
                        to the application alone: it tells by `TcpGuard.connectFailed(exception)`, where it catches what a connect threw. Such
                        connects are counted (`tcpguard.connects.without.port`), named at `/details`, in the log and in the incident, and the
                        reading is the whole range for ten seconds.
                        `TIME_WAIT` holds no descriptor. `LISTEN_DROPS` raises a level only where a queue of this process was half full within ten
                        seconds, other signals of the namespace only where it has connections.

                        `WORK_DELAY` and `ACCEPT_QUEUE` are a listener's: new connections wait only where all executors of their listener are
                        late, for `queueWait`, and are refused then; from a full queue they are served while slots are free. When none of its
                        work has come back for two seconds, a server's weight falls to a tenth. Health fails for late work when less than a quarter
                        of the traffic is served, listeners weighed by what they hold and answered lately; it is up again with the first
                        work that ends.

                        Where requests share a pool of threads, `WORK_DELAY` is how long one waits for a thread: 200 requests of Tomcat that all
                        wait for the same back end show as its age. With a thread for each request (Tomcat's `useVirtualThreads`, Spring
                        Boot's `spring.threads.virtual.enabled`) a probe task gets one at once. Taken carriers show as before. Requests
                        that all hang show where at least 200 (`maxThreads`, if that is more) are in progress, and none has ended and no answer has grown for
                        `stalledAfter`; fewer don't show, and requests that still end hide them. On Netty it is what an event loop does not come to; what
                        hangs on an executor of the application's own shows only where that is watched (`TcpGuard.watchWork`).
                        """)
                .toString();
    }

    /** By what the engine does when this signal alone is far above its limit for a minute. */
    private static Level highest(Signal signal) {
        GuardConfig config = GuardConfig.defaults();
        Engine engine = new Engine(config, 0);
        List<Watch> watches = new ArrayList<>();
        for (Signal each : Signal.values()) {
            watches.add(new Watch(each, "", config));
        }
        watches.get(List.of(Signal.values()).indexOf(signal)).read(new Reading.Measured(signal, 100_000, 100));
        Level highest = Level.NORMAL;
        for (int second = 0; second < 60; second++) {
            Level now = engine.step(watches, List.of(), 0, false, null, 0, second * 1_000_000_000L)
                    .level();
            highest = now.atLeast(highest) ? now : highest;
        }
        return highest;
    }

    private static String rule(Signal signal, SignalRule rule) {
        boolean descriptors = signal == Signal.DESCRIPTORS;
        String acts = rule.acts() == null ? "" : "at " + points(rule.acts()) + ": ";
        return "| `" + signal + "` | "
                + (descriptors ? "85 % (`elevatedAt`), less if the threshold is near" : points(rule.elevated())) + " | "
                + (descriptors ? "the [admission threshold](../concepts.md#admission-threshold)" : points(rule.shed()))
                + " | "
                + (descriptors
                        ? "what connections do not explain ([verdict](../concepts.md#verdict))"
                        : points(rule.drain()))
                + " | " + acts + rule.action().words() + " | " + rule.sentence() + " |\n";
    }

    private static String points(SignalRule.@Nullable Threshold threshold) {
        if (threshold == null) {
            return "–";
        }
        long millis = threshold.delayNanos() / 1_000_000;
        return percent(threshold.enter()) + (millis > 0 ? " for " + millis + " ms" : "") + ", left below "
                + percent(threshold.leave());
    }

    private static String percent(double share) {
        return Math.round(100 * share) + " %";
    }

    private static String source(Signal signal) {
        return switch (signal) {
            case DESCRIPTORS ->
                "size of `/proc/self/fd` (Linux 6.2) against the soft `RLIMIT_NOFILE`, live; before 6.2 the JDK's "
                        + "count, once a second, and own connections between two counts";
            case MEMORY ->
                "the JVM's memory pools after a collection against nine tenths of the heap (Serial, Parallel: 85 % of "
                        + "the old generation); its direct buffers against 95 % of `MaxDirectMemorySize`; the "
                        + "cgroup's `memory.current` without page cache (`memory.stat`) against 97 % of `memory.max`, "
                        + "of version 1 alike, where that is lowest on the way up from its own (looked up every 10 "
                        + "s); of both at least 16 MiB are left";
            case CONNECTIONS ->
                "the guard's own count of a listener against the server's `maxConnections`, and of all against "
                        + "`maxConnections` or what memory bears; of a stock connector Tomcat's count, which is only "
                        + "reported: ELEVATED once it is full";
            case SYSTEM_FILES -> "`/proc/sys/fs/file-nr`, first and third number";
            case ACCEPT_QUEUE ->
                "`TCP_INFO` of the listening socket, by Netty's unix-common or the JDK from 22 on; else the first page "
                        + "of `/proc/self/net/tcp{,6}`, once a second";
            case LISTEN_DROPS ->
                "`ListenDrops` + `SyncookiesSent` of `/proc/self/net/netstat`, as a rate, against 100 a second";
            case TIME_WAIT -> "`tw` of `/proc/self/net/sockstat` against `net.ipv4.tcp_max_tw_buckets`";
            case ORPHANS -> "`orphan` of `/proc/self/net/sockstat` against `net.ipv4.tcp_max_orphans`";
            case TCP_MEMORY -> "`mem` of `/proc/self/net/sockstat` against the third number of `net.ipv4.tcp_mem`";
            case CONNTRACK -> "`/proc/sys/net/netfilter/nf_conntrack_count` against `nf_conntrack_max`";
            case EPHEMERAL_PORTS ->
                "the lesser of all TCP sockets (`sockstat`, `sockstat6`; of IPv6 as many as the process has "
                        + "descriptors open, where its limit is below 4096) and all connects ever (`ActiveOpens` of "
                        + "`snmp`, once a second), against `net.ipv4.ip_local_port_range`; all of them after the "
                        + "application reported a connect that found none";
            case WORK_DELAY ->
                "age of a probe task that goes through the server's own executor or event loop, against `maxWorkDelay`";
        };
    }

    private static String whenUnknown(Signal signal) {
        return switch (signal) {
            case DESCRIPTORS -> "the guard is blind: it refuses nobody and health is up";
            case MEMORY ->
                "no limit, no collection yet, or high and not grown for a minute: connections are bounded by what they "
                        + "are thought to cost only";
            case CONNECTIONS -> "its server sets no limit: what binds next decides";
            case SYSTEM_FILES -> "`/proc/sys` is hidden; a shortage shows as failing accepts only";
            case ACCEPT_QUEUE ->
                "no listener on that port (yet), or another process's; whether the listener accepts is still known "
                        + "from the server";
            case LISTEN_DROPS -> "the first reading, or no `/proc/self/net`; lost attempts are not seen";
            case TIME_WAIT -> "`/proc/sys` is hidden: no limit to compare with; resets are not preferred";
            case ORPHANS, TCP_MEMORY ->
                "a container: the limit exists in the machine's first network namespace only. `/details` still counts "
                        + "connections cut for want of memory";
            case CONNTRACK ->
                "the module is not loaded, so nothing is tracked here; the machine's own table is not visible from a "
                        + "container";
            case EPHEMERAL_PORTS -> "`/proc/sys` is hidden: the range is not known";
            case WORK_DELAY -> "nobody watches an executor; an overloaded CPU is not seen";
        };
    }
}
