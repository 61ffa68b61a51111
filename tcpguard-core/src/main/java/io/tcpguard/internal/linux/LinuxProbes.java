/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.MemoryUse;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Scope;
import io.tcpguard.signal.Signal;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All probes of this machine. Opened once, early; nothing is opened later, except for a listener that is added. */
public final class LinuxProbes implements AutoCloseable {
    private static final String NO_PROC = "no Linux, or no /proc";

    /** Five files are held open for the machine's counters: of fewer descriptors too many. */
    private static final long FOR_COUNTERS = 256;
    /**
     * Eight more, for IPv6's sockets and the settings that counters are compared with: with fewer these are read once,
     * at start. Each is a client's slot.
     */
    private static final long FOR_SETTINGS = 4096;
    /** Three more for the container's memory, where it is limited. */
    private static final long FOR_CONTAINER = 512;
    /** One for the accept queues of a family, where no socket can be asked. */
    private static final long FOR_TABLES = 192;

    private final File proc;
    private final long limit;
    private final boolean linux;
    private final NanoClock clock;
    private final @Nullable SocketCalls calls;
    private final DescriptorCount descriptors;
    private final List<ProcFile> files = new ArrayList<>();
    /** One for all who ask, since each descriptor is a client's slot; whoever reads it holds its lock. */
    private final ProcFile netstat;

    private final ListenTables tables;
    private final CgroupMemory container;
    private final CounterTable facts;
    private final EphemeralPortsProbe ports;
    private final Probe everySample;
    private final List<Probe> everyCounterPeriod;

    private LinuxProbes(File proc, boolean linux, NanoClock clock, @Nullable SocketCalls calls) {
        this.proc = proc;
        this.linux = linux;
        this.clock = clock;
        this.calls = calls;
        this.descriptors = linux
                ? new ProcDescriptors(new File(proc, "self/fd"), JdkDescriptors.open(), clock)
                : new UnknownDescriptors();
        long inForce = descriptors.limit();
        this.limit = inForce < 0 ? Long.MAX_VALUE : inForce;
        this.netstat = whole("self/net/netstat");
        this.tables = new ListenTables(new File(proc, "self/net"), descriptors);
        Sockstat tcp = Sockstat.ofTcp(whole("self/net/sockstat"));
        this.ports = new EphemeralPortsProbe(new LocalPortUse(
                tcp.inUse(),
                limit < FOR_SETTINGS
                        ? new OwnSockets(descriptors)
                        : Sockstat.ofTcp6(whole("self/net/sockstat6")).inUse(),
                tcp.timeWait(),
                whole("self/net/snmp"),
                whole("sys/net/ipv4/ip_local_port_range")));
        this.container = new CgroupMemory(
                linux && limit >= FOR_CONTAINER
                        ? CgroupDirectory.onTheWayUp(new File(proc, "self"), Path.of("/"))
                        : List.of(),
                descriptors,
                clock.nanoTime());
        this.everySample = linux ? new DescriptorProbe(descriptors) : blind(Signal.DESCRIPTORS);
        this.everyCounterPeriod = linux && limit >= FOR_COUNTERS ? counters(tcp) : blindOutsideTheProcess();
        this.facts = NetworkTexts.counters(netstat);
        // Loads the classes that a read needs, while there are descriptors for it; and gives rates their first look.
        long now = clock.nanoTime();
        everySample.read(now);
        everyCounterPeriod.forEach(probe -> probe.read(now));
        acceptQueue(0).close();
    }

    /** Opens what can be opened below {@code /proc}; what can't is a reading that says so. Never throws. */
    public static LinuxProbes open() {
        File proc = new File("/proc");
        boolean linux = "Linux".equals(System.getProperty("os.name")) && new File(proc, "self").isDirectory();
        return open(proc, linux, AwakeTime::nanoTime, linux ? SocketCalls.choose() : null);
    }

    static LinuxProbes open(File proc, boolean linux, NanoClock clock, @Nullable SocketCalls calls) {
        return new LinuxProbes(proc, linux, clock, calls);
    }

    /** The option of Java that gives exact accept queues, where they are not exact for want of it. */
    public Optional<String> flagForExactQueues() {
        return linux && calls == null ? NativeAccess.missingFlag() : Optional.empty();
    }

    /** The soft limit of descriptors when this was opened; {@link Long#MAX_VALUE} if it is not known. */
    public long descriptorsThatMayBe() {
        return limit;
    }

    /** The exact descriptor numbers, for the admission threshold. */
    public DescriptorCount descriptors() {
        return descriptors;
    }

    /**
     * Tells how many connections the process has now, so that between two counts by the JDK (kernels before 6.2) the
     * number of descriptors follows them. Elsewhere it is not needed and not asked.
     *
     * @param connections any thread, cheap
     */
    public void reckonWith(LongSupplier connections) {
        if (descriptors instanceof ProcDescriptors counted) {
            counted.reckonWith(connections);
        }
    }

    /**
     * Tells how many outgoing connects found no local port, by the application's word: no counter of the kernel's does.
     *
     * @param connects only grows; any thread, cheap
     */
    public void believeOfPorts(LongSupplier connects) {
        ports.believe(connects);
    }

    /** The probe for every sample: DESCRIPTORS, by which new connections are refused. */
    public Probe everySample() {
        return everySample;
    }

    /** The probes for every counter period, one for each signal that is the machine's or the network namespace's. */
    public List<Probe> everyCounterPeriod() {
        return everyCounterPeriod;
    }

    /** A probe of the accept queue of the listener of this process that is bound to that port. */
    public Probe acceptQueue(int port) {
        return acceptQueue(port, 0, now -> false);
    }

    /**
     * The same, where the backlog is known that the server asked for. Needed only where no socket can be asked: there
     * it stands for the limit.
     *
     * @param backlogAskedFor of {@code listen(2)}; 0 if not known
     * @param urgent whether a fresh look is worth more of the sampler's time at this moment
     */
    public Probe acceptQueue(int port, int backlogAskedFor, LongPredicate urgent) {
        if (!linux) {
            return blind(Signal.ACCEPT_QUEUE);
        }
        if (port <= 0) {
            return new BlindProbe(Signal.ACCEPT_QUEUE, Cause.NOTHING_TO_WATCH, "no TCP port is bound");
        }
        if (calls != null) {
            return new AcceptQueueProbe(calls, new File(proc, "self/fd"), port, descriptors, clock);
        }
        if (limit < FOR_TABLES) {
            return new BlindProbe(Signal.ACCEPT_QUEUE, Cause.NOT_SUPPORTED, fewDescriptors());
        }
        Probe probe = new ListenTableProbe(
                tables, asSetting(new File(proc, "sys/net/core/somaxconn")), port, backlogAskedFor, urgent, clock);
        probe.read(clock.nanoTime());
        return probe;
    }

    /** What the process's container may have of memory. */
    public MemoryUse containerMemory() {
        return container;
    }

    /** Whether it is time to {@linkplain #lookForContainerLimit() look}: every ten seconds. The sampler's thread. */
    public boolean containerLookDue(long now) {
        return container.lookDue(now);
    }

    /**
     * Looks whether the container has another limit of memory now, be it that of a group above it: opens files, so not
     * while sampling.
     */
    public void lookForContainerLimit() {
        container.look();
    }

    /** Counts this process's sockets by state: slow, for a person's question. */
    public SocketCensus census() {
        return new SocketCensus(proc, linux, calls, clock);
    }

    /** Says what the descriptors are: slow, for when something leaks. */
    public DescriptorSurvey survey() {
        return new DescriptorSurvey(proc, linux, descriptors, clock);
    }

    /** Finds connections whose peer is gone; null: not Linux. */
    public @Nullable PeerTable peers() {
        return linux ? new PeerTable(proc, clock) : null;
    }

    /** Reads the counters that explain a signal or an incident. Any thread; opens nothing. About 30 µs. */
    public TcpCounts counts() {
        synchronized (netstat) {
            return NetworkTexts.read(facts, clock.nanoTime());
        }
    }

    /** Closes the files. The probes must not be read any more. */
    @Override
    public void close() {
        container.close();
        synchronized (files) {
            files.forEach(ProcFile::close);
            files.clear();
        }
    }

    private List<Probe> counters(Sockstat tcp) {
        ProcFile fileNr = whole("sys/fs/file-nr");
        return List.of(
                new UsageProbe(Signal.SYSTEM_FILES, Sysctl.count(fileNr, 0, 3), Sysctl.setting(fileNr, 2, 3)),
                new UsageProbe(Signal.TIME_WAIT, tcp.timeWait(), setting("sys/net/ipv4/tcp_max_tw_buckets")),
                new UsageProbe(Signal.ORPHANS, tcp.orphans(), setting("sys/net/ipv4/tcp_max_orphans")),
                new UsageProbe(Signal.TCP_MEMORY, tcp.pages(), Sysctl.setting(whole("sys/net/ipv4/tcp_mem"), 2, 3)),
                new ListenDropsProbe(netstat, setting("sys/net/ipv4/tcp_syncookies")),
                new UsageProbe(
                        Signal.CONNTRACK,
                        Sysctl.count(whole("sys/net/netfilter/nf_conntrack_count"), 0, 1),
                        setting("sys/net/netfilter/nf_conntrack_max")),
                ports);
    }

    private KernelValue setting(String path) {
        return Sysctl.setting(whole(path), 0, 1);
    }

    private ProcFile whole(String path) {
        File where = new File(proc, path);
        if (limit < FOR_COUNTERS) {
            return ProcFile.none(where, descriptors);
        }
        boolean setting = path.startsWith("sys/net/") && !path.endsWith("_count");
        ProcFile file = setting ? asSetting(where) : ProcFile.whole(where, descriptors);
        synchronized (files) {
            files.add(file);
        }
        return file;
    }

    private ProcFile asSetting(File where) {
        return limit < FOR_SETTINGS ? ProcFile.once(where, descriptors) : ProcFile.whole(where, descriptors);
    }

    private String fewDescriptors() {
        return "of " + limit + " descriptors none is held open for it";
    }

    private List<Probe> blindOutsideTheProcess() {
        return Stream.of(Signal.values())
                .filter(signal -> signal.scope() == Scope.NETWORK_NAMESPACE || signal.scope() == Scope.HOST)
                .map(signal -> linux ? new BlindProbe(signal, Cause.NOT_SUPPORTED, fewDescriptors()) : blind(signal))
                .map(Probe.class::cast)
                .toList();
    }

    private static Probe blind(Signal signal) {
        return new BlindProbe(signal, Cause.NOT_LINUX, NO_PROC);
    }
}
