/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The facts that the advisor judges: limits, counters and listeners of one process, as they were at one moment; a
 * kernel setting is read when it is first judged, and not again. Made by reading {@code /proc}; what can't be read is
 * unknown and noted, never an exception. Safe from any thread.
 */
public final class Machine {

    private static final Path PROC = Path.of("/proc");

    private final String process;
    private final Settings settings;
    private final Map<Fact, Long> facts;
    private final List<Listening> listeners;
    private final boolean container;
    private final boolean foreignNetwork;
    private final List<String> notes;

    Machine(
            String process,
            Settings settings,
            Map<Fact, Long> facts,
            List<Listening> listeners,
            boolean container,
            boolean foreignNetwork,
            List<String> notes) {
        this.process = process;
        this.settings = settings;
        this.facts = new EnumMap<>(Fact.class);
        this.facts.putAll(facts);
        this.facts.putAll(ListenerFacts.of(listeners, settings, foreignNetwork));
        this.listeners = List.copyOf(listeners);
        this.container = container;
        this.foreignNetwork = foreignNetwork;
        this.notes = List.copyOf(notes);
    }

    /**
     * This process. Reads small files only, a millisecond or two in all; not for the sampling path, since it opens
     * them.
     *
     * @param listeners its listening sockets, as far as the caller knows them
     */
    public static Machine self(List<Listening> listeners) {
        return MachineReader.at(PROC).self(listeners);
    }

    /** The same moment, with the listeners that were opened since. Reads nothing that was read before. */
    public Machine with(List<Listening> others) {
        Map<Fact, Long> rest = new EnumMap<>(facts);
        rest.keySet().removeAll(ListenerFacts.KEYS);
        return new Machine(process, settings, rest, others, container, foreignNetwork, notes);
    }

    /**
     * Another process of this machine: its limits, its listeners and a census of its connections. Walks all sockets of
     * its network namespace, which takes tens of milliseconds on a busy machine. What this user may not see is noted.
     *
     * @param pid as this mount of {@code /proc} numbers it
     * @return empty if there is no such process
     */
    public static Optional<Machine> process(long pid) {
        return MachineReader.at(PROC).process(pid, new SocketStatistics());
    }

    /** True unless there is no {@code /proc/sys} to read: not Linux, or hidden. */
    public boolean readable() {
        return fact(Fact.KERNEL).isPresent();
    }

    /** The process in words. */
    String process() {
        return process;
    }

    /** The text of a kernel setting; empty if it is not there, not readable, or not the process's own. */
    Optional<String> text(String setting) {
        return foreignNetwork && setting.startsWith("net.") ? Optional.empty() : settings.text(setting);
    }

    /** True if the setting's file exists, readable or not. */
    boolean exists(String setting) {
        return settings.exists(setting);
    }

    OptionalLong fact(Fact fact) {
        Long number = facts.get(fact);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    List<Listening> listeners() {
        return listeners;
    }

    /** True if signs of a container were found. */
    boolean container() {
        return container;
    }

    /**
     * True if the process sees another network namespace than we do, so that the net settings we read are not its own.
     */
    boolean foreignNetwork() {
        return foreignNetwork;
    }

    /**
     * True if this network namespace is not the machine's first: tcp_mem is registered in the first only
     * (net/ipv4/sysctl_net_ipv4.c, {@code ipv4_table}).
     */
    boolean ownNetworkNamespace() {
        return readable() && !exists("net.ipv4.tcp_mem");
    }

    String release() {
        return settings.text("kernel.osrelease").orElse("unknown");
    }

    /** What could not be found out, and why. */
    List<String> notes() {
        return notes;
    }

    /** The listeners in words. */
    String listenersInWords() {
        if (listeners.isEmpty()) {
            return "none known";
        }
        return listeners.stream().map(Machine::words).collect(Collectors.joining("; "));
    }

    private static String words(Listening listener) {
        StringBuilder words =
                new StringBuilder(listener.name()).append(" on port ").append(listener.port());
        if (listener.asked().isPresent()) {
            words.append(", asked for ").append(listener.asked().getAsLong());
        }
        if (listener.inForce().isPresent()) {
            words.append(", in force ").append(listener.inForce().getAsLong());
        }
        return words.toString();
    }
}
