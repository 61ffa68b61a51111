/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.linux.NetworkTexts;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.TcpState;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** The way from a directory like {@code /proc} to a {@link Machine}. One for each reading. */
final class MachineReader {

    private static final String KEEPS_SOFT_LIMIT = "-XX:-MaxFDLimit";
    private static final String SOCKET = "socket:[";

    private final Path proc;
    private final Supplier<OptionalLong> loopback;
    private final OptionalLong ownHeap;
    private final Settings settings;
    private final Map<Fact, Long> facts = new EnumMap<>(Fact.class);
    private final List<String> notes = new ArrayList<>();

    /** Of a saved directory: heaps are known by command lines only. */
    MachineReader(Path proc, Supplier<OptionalLong> loopback) {
        this(proc, loopback, OptionalLong.empty());
    }

    private MachineReader(Path proc, Supplier<OptionalLong> loopback, OptionalLong ownHeap) {
        this.proc = proc;
        this.loopback = loopback;
        this.ownHeap = ownHeap;
        this.settings = new Settings(proc.resolve("sys"));
    }

    static MachineReader at(Path proc) {
        return new MachineReader(
                proc,
                new LoopbackAddresses(),
                OptionalLong.of(Runtime.getRuntime().maxMemory()));
    }

    Machine self(List<Listening> listeners) {
        Path self = proc.resolve("self");
        common(self);
        facts.putAll(MemoryFacts.of(facts.get(Fact.CONNECTIONS), self, ownHeap, proc));
        counters(self.resolve("net"));
        return machine("this process", self, listeners, false);
    }

    Optional<Machine> process(long pid, Backlogs backlogs) {
        Path process = proc.resolve(Long.toString(pid));
        if (!Files.isDirectory(process)) {
            return Optional.empty();
        }
        common(process);
        facts.putAll(MemoryFacts.of(facts.get(Fact.CONNECTIONS), process, OptionalLong.empty(), proc));
        counters(process.resolve("net"));
        boolean foreign = foreignNetwork(process);
        List<Listening> listeners = census(process, foreign ? Map.of() : backlogs.byPort());
        String name = read(process.resolve("comm")).map(String::strip).orElse("?");
        return Optional.of(machine("process " + pid + " (" + name + ")", process, listeners, foreign));
    }

    private Machine machine(String name, Path process, List<Listening> listeners, boolean foreign) {
        // A process that a container can see lives in it too.
        boolean container = ContainerSigns.of(process) || ContainerSigns.of(proc.resolve("self"));
        return new Machine(name, settings, facts, listeners, container, foreign, notes);
    }

    private void common(Path process) {
        settings.text("kernel.osrelease")
                .flatMap(KernelVersion::parse)
                .ifPresent(v -> facts.put(Fact.KERNEL, v.code()));
        LimitsText limits = LimitsText.parse(noted(process.resolve("limits")));
        put(Fact.DESCRIPTORS, limits.soft());
        put(Fact.DESCRIPTORS_HARD, limits.hard());
        limits.soft()
                .ifPresent(soft -> facts.put(
                        Fact.CONNECTIONS, soft - GuardConfig.defaults().reserve(soft)));
        if (read(process.resolve("cmdline")).orElse("").contains(KEEPS_SOFT_LIMIT)) {
            notes.add("it runs with " + KEEPS_SOFT_LIMIT + ": the JVM keeps the soft limit that it was started with");
        }
        put(Fact.MEMORY_PAGES, MemoryPages.below(proc));
        put(Fact.LOOPBACK_ADDRESSES, loopback.get());
    }

    private void counters(Path net) {
        NetworkTexts texts = new NetworkTexts(net.toFile());
        noteIfUnreadable(net.resolve("sockstat"));
        put(Fact.TIME_WAIT, texts.timeWait());
        put(Fact.ORPHANS, texts.orphans());
        put(Fact.TCP_PAGES, texts.pages());
        noteIfUnreadable(net.resolve("netstat"));
        TcpCounts counts = texts.counts();
        put(Fact.TIME_WAIT_OVERFLOWS, counts.of(KernelCounter.TIME_WAIT_OVERFLOWS));
        put(Fact.LISTEN_OVERFLOWS, counts.of(KernelCounter.LISTEN_OVERFLOWS));
        put(Fact.LISTEN_DROPS, counts.of(KernelCounter.LISTEN_DROPS));
        put(Fact.SYN_COOKIES, counts.of(KernelCounter.SYN_COOKIES));
        put(Fact.MEMORY_ABORTS, counts.of(KernelCounter.MEMORY_ABORTS));
    }

    private List<Listening> census(Path process, Map<Integer, Long> backlogs) {
        Optional<Set<Long>> inodes = sockets(process);
        SocketTable all = SocketTable.parse(noted(process.resolve("net/tcp")))
                .and(SocketTable.parse(read(process.resolve("net/tcp6")).orElse("")));
        facts.put(Fact.SYN_RECV, all.count(TcpState.SYN_RECV));
        facts.put(Fact.FIN_WAIT2, all.count(TcpState.FIN_WAIT2));
        SocketTable own = inodes.map(all::of).orElse(all);
        facts.put(Fact.ESTABLISHED, own.count(TcpState.ESTABLISHED));
        facts.put(Fact.CLOSE_WAIT, own.count(TcpState.CLOSE_WAIT));
        if (inodes.isEmpty()) {
            notes.add(
                    "which sockets are its own can't be seen as this user: listeners and connections are those of its "
                            + "whole network namespace (run as root or as its user)");
        }
        List<Listening> listeners = new ArrayList<>();
        for (int port : own.listening()) {
            Long backlog = backlogs.get(port);
            listeners.add(new Listening(
                    "listener",
                    port,
                    false,
                    OptionalLong.empty(),
                    backlog == null ? OptionalLong.empty() : OptionalLong.of(backlog)));
        }
        if (!listeners.isEmpty() && backlogs.isEmpty()) {
            notes.add("the listeners' backlogs are not known: ss is not installed here, or looks at another network "
                    + "namespace");
        }
        return listeners;
    }

    /** Inodes of the sockets that the process holds, and with them how many descriptors it has open. */
    private Optional<Set<Long>> sockets(Path process) {
        Set<Long> inodes = new HashSet<>();
        long open = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                open++;
                inodeOf(descriptor).ifPresent(inodes::add);
            }
        } catch (IOException | DirectoryIteratorException notOurs) {
            return Optional.empty();
        }
        facts.put(Fact.DESCRIPTORS_OPEN, open);
        return Optional.of(inodes);
    }

    private static OptionalLong inodeOf(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(SOCKET)
                    ? OptionalLong.of(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)))
                    : OptionalLong.empty();
        } catch (IOException closedMeanwhile) {
            return OptionalLong.empty();
        }
    }

    private boolean foreignNetwork(Path process) {
        try {
            return !Files.readSymbolicLink(process.resolve("ns/net"))
                    .equals(Files.readSymbolicLink(proc.resolve("self/ns/net")));
        } catch (IOException notOurs) {
            notes.add(
                    "whether it shares this network namespace can't be seen as this user; net settings are those seen "
                            + "from here");
            return false;
        }
    }

    private String noted(Path file) {
        noteIfUnreadable(file);
        return read(file).orElse("");
    }

    private void noteIfUnreadable(Path file) {
        if (!Files.isReadable(file)) {
            notes.add(proc.relativize(file) + " can't be read here");
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(KernelText.read(file));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** A number that is known, 0 or more. */
    private void put(Fact fact, long number) {
        if (number >= 0) {
            facts.put(fact, number);
        }
    }

    private void put(Fact fact, OptionalLong number) {
        number.ifPresent(n -> facts.put(fact, n));
    }
}
