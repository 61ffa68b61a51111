/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What the listeners add to the facts about a process. */
final class ListenerFacts {

    static final Set<Fact> KEYS = EnumSet.of(Fact.ASKED, Fact.BACKLOG, Fact.LISTENERS_AMONG_LOCAL_PORTS);

    private ListenerFacts() {}

    /** @param foreign the process is in another network namespace than the settings that we see */
    static Map<Fact, Long> of(List<Listening> listeners, Settings settings, boolean foreign) {
        Map<Fact, Long> facts = new EnumMap<>(Fact.class);
        listeners.stream()
                .map(Listening::asked)
                .flatMapToLong(OptionalLong::stream)
                .max()
                .ifPresent(n -> facts.put(Fact.ASKED, n));
        OptionalLong cap =
                settings.text("net.core.somaxconn").map(Field.LAST::of).orElseGet(OptionalLong::empty);
        listeners.stream()
                .map(l -> inForce(l, cap))
                .flatMapToLong(OptionalLong::stream)
                .min()
                .ifPresent(n -> facts.put(Fact.BACKLOG, n));
        LocalPorts.from(settings)
                .filter(ports -> !listeners.isEmpty() && !foreign)
                .ifPresent(ports -> facts.put(
                        Fact.LISTENERS_AMONG_LOCAL_PORTS,
                        listeners.stream()
                                .filter(l -> !l.anyPort() && ports.mayTake(l.port()))
                                .count()));
        return facts;
    }

    /** What the kernel holds, or would: the smaller of request and somaxconn (net/socket.c, {@code __sys_listen}). */
    private static OptionalLong inForce(Listening listener, OptionalLong cap) {
        if (listener.inForce().isPresent() || listener.asked().isEmpty() || cap.isEmpty()) {
            return listener.inForce();
        }
        return OptionalLong.of(Math.min(listener.asked().getAsLong(), cap.getAsLong()));
    }
}
