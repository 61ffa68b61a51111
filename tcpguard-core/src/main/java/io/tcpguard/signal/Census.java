/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.signal;

import java.util.Map;
import java.util.Objects;

/**
 * This process's TCP sockets by state.
 *
 * @param sockets how many in each state; a state that is not in here has none
 * @param halfOpen true if SYN_RECV was counted too: attempts to connect to own listeners that are not confirmed; they
 *     have no descriptor, so that only a walk over the namespace finds them
 * @param complete false if the time was up before all were seen: then there are at least as many
 * @param trouble why nothing could be counted, for a person; empty if something was
 */
public record Census(Map<TcpState, Integer> sockets, boolean halfOpen, boolean complete, String trouble) {
    /** Copies the map. */
    public Census {
        sockets = Map.copyOf(sockets);
        Objects.requireNonNull(trouble, "trouble");
    }

    /** Nothing could be counted. */
    public static Census failed(String trouble) {
        return new Census(Map.of(), false, false, trouble);
    }

    /** Sockets in that state. */
    public int in(TcpState state) {
        return sockets.getOrDefault(state, 0);
    }
}
