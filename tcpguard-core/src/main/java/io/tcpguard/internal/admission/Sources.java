/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.RefusalCounters.Rank;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds how many connections. No more sources are known than connections are open, with their networks. Guarded
 * by the table's lock.
 */
final class Sources {
    /** A source is unfair when it holds twice its equal share: chance alone makes small differences. */
    static final double UNFAIR = 2;

    /**
     * A network counts as one source if it holds this part of all connections, since whoever has one has many
     * addresses.
     */
    private static final double MUCH = 0.5;

    private static final int MANY = 16;

    /**
     * Sources outside, from which on a /24 counts as one: it may be an office, and an IPv6 network is one customer's.
     */
    private static final int OUTSIDE_IPV4 = 8;

    private static final int OUTSIDE_IPV6 = 2;

    /** Beside a handful of proxies there are checkers and admins. */
    private static final int OTHERS = 64;

    private final Map<SourceKey, Source> known = new HashMap<>();
    private final SourceKey asked = new SourceKey();
    private final SourceKey.Memory memory = new SourceKey.Memory();
    private int leaves;
    private int connections;

    /** The network that holds most, as far as was looked. */
    private @Nullable Source largest;

    /** How many there are, networks not counted. */
    int size() {
        return leaves;
    }

    /** How many are known, with the networks around them. */
    int networks() {
        return known.size();
    }

    /** One more connection of this address. */
    Source open(InetAddress address) {
        asked.set(address, memory);
        Source source = known.get(asked);
        if (source == null) {
            source = add();
            leaves++;
            for (Source s = source; s != null; s = s.network) {
                s.members++;
            }
        }
        connections++;
        for (Source s = source; s != null; s = s.network) {
            s.connections++;
            if (s.members > 1 && (largest == null || s.connections >= largest.connections)) {
                largest = s;
            }
        }
        return source;
    }

    private Source add() {
        SourceKey key = asked.copy();
        Source network = null;
        if (asked.widen()) {
            network = known.get(asked);
            if (network == null) {
                network = add();
            }
        }
        Source source = new Source(key, network);
        known.put(key, source);
        return source;
    }

    /** One less. */
    void close(Source source) {
        connections--;
        boolean last = source.connections == 1;
        for (Source s = source; s != null; s = s.network) {
            s.connections--;
            s.members -= last ? 1 : 0;
            if (s.connections == 0) {
                known.remove(s.key);
                largest = largest == s ? null : largest;
            }
        }
        leaves -= last ? 1 : 0;
    }

    @Nullable Source find(InetAddress address) {
        asked.set(address, memory);
        return known.get(asked);
    }

    /** To remember a source by that holds no connection; 0 if it holds one. */
    long idOfAbsent(InetAddress address) {
        asked.set(address, memory);
        return known.containsKey(asked) ? 0 : asked.id();
    }

    /** What this address is known for: by itself, or else by its networks. */
    Rank rank(InetAddress address, SourceMemory history) {
        asked.set(address, memory);
        Rank rank = history.rank(asked.id());
        while (rank == Rank.UNKNOWN && asked.widen()) {
            if (history.badNetwork(asked.id())) {
                rank = Rank.KNOWN_BAD;
            }
        }
        return rank;
    }

    /** Takes this address and its networks out of the memory. Whether any of them was in it. */
    boolean forget(InetAddress address, SourceMemory history) {
        asked.set(address, memory);
        boolean known = history.forget(asked.id());
        while (asked.widen()) {
            known |= history.forget(asked.id());
        }
        return known;
    }

    /**
     * Whether the source of this address, or a network around it, holds at least {@code times} its equal share of all
     * connections, and at least two.
     */
    boolean holdsMoreThan(double times, InetAddress address) {
        Source crowd = crowd(times);
        int equals = crowd == null ? leaves : leaves - crowd.members + 1;
        asked.set(address, memory);
        Source source = known.get(asked);
        if (source != null && leaves > 1 && source.connections >= Math.max(2, times * connections / equals)) {
            return true;
        }
        return crowd != null && isAround(crowd);
    }

    /** The network around this address, if it counts as one source and holds more than its share as that. */
    @Nullable Source crowdAround(double times, InetAddress address) {
        Source crowd = crowd(times);
        asked.set(address, memory);
        return crowd != null && isAround(crowd) ? crowd : null;
    }

    /** A new connection may be of the network without being of any source in it. */
    private boolean isAround(Source network) {
        while (asked.widen()) {
            if (asked.equals(network.key)) {
                return true;
            }
        }
        return false;
    }

    /** The network that counts as one source, since it holds much more than its share as that. */
    private @Nullable Source crowd(double times) {
        Source network = largest;
        if (network == null || network.members < 2 || network.connections < Math.max(MANY, MUCH * connections)) {
            return null;
        }
        int outside = leaves - network.members;
        int enough = network.key.mayBeOfMany() ? OUTSIDE_IPV4 : OUTSIDE_IPV6;
        return outside >= enough && network.connections >= times * connections / (outside + 1) ? network : null;
    }

    /** Whether so few sources hold nearly all connections that they are proxies, or nobody to be fair to. */
    boolean handful(int most, double nearlyAll, int atLeast) {
        if (connections < atLeast || leaves > OTHERS + most) {
            return false;
        }
        int[] top = new int[most];
        for (Source source : known.values()) {
            if (source.members == 1 && source.first != null) {
                insert(top, source.connections);
            }
        }
        int held = 0;
        for (int one : top) {
            held += one;
        }
        return held >= nearlyAll * connections;
    }

    /**
     * Whether nearly all connections are of a few sources that say of themselves that they speak for others, and hardly
     * anybody else is here.
     *
     * @param looked at so many connections of each
     */
    boolean fewForwardAll(int most, int others, double nearlyAll, int atLeast, int looked) {
        if (connections < atLeast || leaves > most + others) {
            return false;
        }
        int held = 0;
        int forwarding = 0;
        for (Source source : known.values()) {
            if (source.first != null && source.forwards(looked)) {
                forwarding++;
                held += source.connections;
            }
        }
        return forwarding <= most && leaves - forwarding <= others && held >= nearlyAll * connections;
    }

    /** The sources that hold most, the most first. */
    List<Source> most(int howMany) {
        List<Source> top = new ArrayList<>(howMany + 1);
        for (Source source : known.values()) {
            if (source.first == null
                    || (top.size() == howMany && source.connections <= top.get(howMany - 1).connections)) {
                continue;
            }
            int at = top.size();
            while (at > 0 && top.get(at - 1).connections < source.connections) {
                at--;
            }
            top.add(at, source);
            if (top.size() > howMany) {
                top.remove(howMany);
            }
        }
        return top;
    }

    private static void insert(int[] top, int count) {
        int carry = count;
        for (int i = 0; i < top.length && carry > 0; i++) {
            if (carry > top[i]) {
                int smaller = top[i];
                top[i] = carry;
                carry = smaller;
            }
        }
    }
}
