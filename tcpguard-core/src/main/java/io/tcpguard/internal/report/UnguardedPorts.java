/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The log line, once for each listening port of this process without a guard, that says how its connections are
 * counted: a management port, a second connector, gRPC, JMX. One that is seen at one look only may be on its way to its
 * guard. One thread.
 */
public final class UnguardedPorts {
    /** Who opens ports all the time is not told of each. */
    private static final int MOST = 64;

    private final Consumer<String> log;
    private final Set<Integer> said = new HashSet<>();
    private Set<Integer> before = Set.of();

    /** @param log told of them */
    public UnguardedPorts(Consumer<String> log) {
        this.log = log;
    }

    /**
     * Looks.
     *
     * @param listening ports on which a socket of this process listens
     * @param guarded those that have a guard; nothing is said before there is one
     * @param own those of the guard itself
     */
    public void look(Collection<Integer> listening, Collection<Integer> guarded, Collection<Integer> own) {
        Set<Integer> found = new TreeSet<>(listening);
        found.removeAll(guarded);
        found.removeAll(own);
        Set<Integer> lasting = new TreeSet<>(found);
        lasting.retainAll(before);
        lasting.removeAll(said);
        before = found;
        if (guarded.isEmpty() || lasting.isEmpty() || said.size() >= MOST) {
            return;
        }
        said.addAll(lasting);
        String ports = lasting.stream().map(String::valueOf).collect(Collectors.joining(", "));
        log.accept((lasting.size() == 1 ? "port " : "ports ") + ports
                + " of this process: no guard. Connections there are neither refused nor evicted; they count as what "
                + "comes with the guarded ones while they come and go with these, else as other descriptors");
    }
}
