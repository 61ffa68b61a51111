/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * What became of connections that each asked one thing.
 *
 * @param answered by a whole 503
 * @param reset by a reset, or closed without an answer
 * @param silent nothing heard within the patience of a second
 * @param served with anything else than 503
 */
record Knocks(int answered, int reset, int silent, int served) {

    /** Refused, and told so. */
    int refused() {
        return answered + reset;
    }

    /** Connects this many times, a few at once, the next as soon as one is over, for a time at most. */
    static Knocks knock(InetSocketAddress server, int count, int mostSeconds) throws IOException {
        try (Knockers clients = new Knockers(server, count, mostSeconds)) {
            return clients.knock();
        }
    }

    Knocks plus(Knocks other) {
        return new Knocks(answered + other.answered, reset + other.reset, silent + other.silent, served + other.served);
    }
}
