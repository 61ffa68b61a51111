/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.advisor.Listening;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Which guarded listener is bound to which port. Any thread. */
final class BoundPorts {
    private final Map<String, Bound> ports = new ConcurrentHashMap<>();

    /** One registration's; equal to no other's. */
    static final class Bound {
        private final int number;
        private final boolean any;

        private Bound(int number, boolean any) {
            this.number = number;
            this.any = any;
        }
    }

    /** @param any whether the kernel chose it */
    Bound add(String name, int port, boolean any) {
        Bound bound = new Bound(port, any);
        ports.put(name, bound);
        return bound;
    }

    /** Does nothing if another registration has come instead. */
    void remove(String name, Bound bound) {
        ports.remove(name, bound);
    }

    Collection<Integer> numbers() {
        return ports.values().stream().map(port -> port.number).toList();
    }

    /** Those whose queue could be read, with the backlog in force. */
    List<Listening> listening(GuardSnapshot snapshot) {
        List<Listening> listeners = new ArrayList<>();
        for (SignalState state : snapshot.signals()) {
            Bound port = ports.get(state.source());
            if (port != null
                    && state.reading() instanceof Reading.Measured queue
                    && queue.signal() == Signal.ACCEPT_QUEUE) {
                listeners.add(new Listening(
                        state.source(), port.number, port.any, OptionalLong.empty(), OptionalLong.of(queue.limit())));
            }
        }
        return listeners;
    }
}
