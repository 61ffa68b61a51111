/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.NanoClock;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * Connections whose peer is gone, as found in {@code /proc/self/net/tcp} and {@code tcp6} (net/ipv4/tcp_ipv4.c, {@code
 * get_tcp4_sock}), without touching them. Reading it opens two files and takes as long as the kernel needs to write all
 * connections of the namespace: for a thread that may be slow, while slots are scarce. One look at a time; {@link
 * #gone} from that thread, too.
 *
 * <p>Gone is who is in CLOSE_WAIT (the peer's FIN is here), who has not acknowledged several retransmissions or probes
 * (of keepalive or of a closed window), and who was in the table and is in it no more (reset, or given up by the
 * kernel), though its descriptor is open. Each only when the next look says the same, since the table is no snapshot.
 */
public final class PeerTable {
    /** Some six seconds by the kernel's first time-out of 200 ms, doubled each time (RFC 6298, 5.5). */
    private static final int RETRANSMITTED = 5;

    /** Rows between two looks at the clock. */
    private static final int CLOCK_EVERY = 64;

    /** The timer that runs: 1 is that of retransmissions, 2 of keepalive, 4 of probes into a closed window. */
    private static final String RETRANSMITS = "01:";

    private static final String KEEPALIVE = "02:";
    private static final String ZERO_WINDOW = "04:";

    private static final String CLOSE_WAIT = "08";
    private static final String TIME_WAIT = "06";
    private static final String ESTABLISHED = "01";
    private static final String MAPPED = little() ? "0000000000000000FFFF0000" : "00000000000000000000FFFF";

    private final File proc;
    private final NanoClock clock;
    private final Set<String> ports = new HashSet<>();
    private long deadline;
    private Set<String> present = new HashSet<>();
    private Set<String> suspected = new HashSet<>();
    private Set<String> gone = new HashSet<>();

    /** Those of the gone who have only said that they send no more. */
    private Set<String> finished = new HashSet<>();

    PeerTable(File proc, NanoClock clock) {
        this.proc = proc;
        this.clock = clock;
    }

    /**
     * Reads the table. False if that is not possible; then nobody is gone.
     *
     * @param localPorts of the connections that matter
     * @param budgetNanos after which it gives up
     */
    public boolean look(Collection<Integer> localPorts, long budgetNanos) {
        ports.clear();
        for (int port : localPorts) {
            StringBuilder digits = new StringBuilder(4);
            hex(digits, port, 4);
            ports.add(digits.toString());
        }
        deadline = clock.nanoTime() + budgetNanos;
        Set<String> here = new HashSet<>();
        Set<String> now = new HashSet<>();
        Set<String> all = new HashSet<>();
        Set<String> fin = new HashSet<>();
        try {
            boolean four = read("self/net/tcp", here, now, all, fin);
            boolean six = read("self/net/tcp6", here, now, all, fin);
            if (!four && !six) {
                forget();
                return false;
            }
        } catch (IOException | RuntimeException e) {
            forget();
            return false;
        }
        for (String one : present) {
            if (!all.contains(one)) {
                now.add(one);
            }
        }
        for (String one : suspected) {
            // Missing then, and still: its descriptor alone is left.
            if (!all.contains(one)) {
                now.add(one);
            }
        }
        Set<String> twice = new HashSet<>(now);
        twice.retainAll(suspected);
        gone = twice;
        finished = fin;
        suspected = now;
        suspected.removeIf(one -> twice.contains(one) && !all.contains(one));
        present = here;
        return true;
    }

    /** Nobody is gone as far as is known. */
    public void forget() {
        present = new HashSet<>();
        suspected = new HashSet<>();
        gone = new HashSet<>();
        finished = new HashSet<>();
    }

    /** As of the last look. */
    public boolean gone(InetSocketAddress peer, int localPort) {
        InetAddress address = peer.getAddress();
        return !gone.isEmpty()
                && address != null
                && gone.contains(key(address.getAddress(), peer.getPort(), localPort));
    }

    /** Gone, and not only by a FIN, as of the last look. */
    public boolean broken(InetSocketAddress peer, int localPort) {
        return gone(peer, localPort)
                && !finished.contains(key(peer.getAddress().getAddress(), peer.getPort(), localPort));
    }

    private boolean read(String table, Set<String> here, Set<String> suspects, Set<String> all, Set<String> fin)
            throws IOException {
        File file = new File(proc, table);
        if (!file.exists()) {
            return false;
        }
        try (BufferedReader rows = Files.newBufferedReader(file.toPath(), StandardCharsets.ISO_8859_1)) {
            rows.readLine();
            int seen = 0;
            for (String row = rows.readLine(); row != null; row = rows.readLine()) {
                if (++seen % CLOCK_EVERY == 0 && clock.nanoTime() - deadline >= 0) {
                    throw new IOException("longer than there is time for");
                }
                StringTokenizer words = new StringTokenizer(row, " ");
                words.nextToken();
                String local = words.nextToken();
                if (!ports.contains(local.substring(local.indexOf(':') + 1))) {
                    continue;
                }
                String key = key(local, words.nextToken());
                String state = words.nextToken();
                words.nextToken();
                boolean unanswered = unanswered(words);
                if (state.equals(TIME_WAIT)) {
                    continue;
                }
                all.add(key);
                if (state.equals(CLOSE_WAIT) || unanswered) {
                    suspects.add(key);
                }
                if (state.equals(CLOSE_WAIT) && !unanswered) {
                    fin.add(key);
                }
                if (state.equals(ESTABLISHED) || state.equals(CLOSE_WAIT)) {
                    here.add(key);
                }
            }
        }
        return true;
    }

    /** From the timer on: retransmissions, user, probes. Each count begins again with any acknowledgement. */
    private static boolean unanswered(StringTokenizer words) {
        String timer = words.nextToken();
        int retransmitted = Integer.parseInt(words.nextToken(), 16);
        if (timer.startsWith(RETRANSMITS)) {
            return retransmitted >= RETRANSMITTED;
        }
        if (!timer.startsWith(KEEPALIVE) && !timer.startsWith(ZERO_WINDOW)) {
            return false;
        }
        words.nextToken();
        return Integer.parseInt(words.nextToken()) >= RETRANSMITTED;
    }

    /** "remote address:remote port>local port", an IPv4 address in 8 digits wherever it was found. */
    private static String key(String local, String remote) {
        int port = local.indexOf(':');
        String peer = remote.startsWith(MAPPED) ? remote.substring(MAPPED.length()) : remote;
        return peer + '>' + local.substring(port + 1);
    }

    private static String key(byte[] address, int port, int localPort) {
        StringBuilder key = new StringBuilder(48);
        for (int word = 0; word < address.length; word += 4) {
            for (int i = 0; i < 4; i++) {
                hex(key, address[little() ? word + 3 - i : word + i], 2);
            }
        }
        key.append(':');
        hex(key, port, 4);
        key.append('>');
        hex(key, localPort, 4);
        return key.toString();
    }

    private static void hex(StringBuilder to, int value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            to.append("0123456789ABCDEF".charAt((value >> shift) & 15));
        }
    }

    /** Each 32-bit word of an address is written as the machine stores it. */
    private static boolean little() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }
}
