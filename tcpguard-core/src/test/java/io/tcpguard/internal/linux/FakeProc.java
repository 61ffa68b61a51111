/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** A tree of saved kernel texts instead of {@code /proc}. */
final class FakeProc {
    static final String SOCKSTAT =
            """
            sockets: used 283
            TCP: inuse 41 orphan 3 tw 1040 alloc 57 mem 12
            UDP: inuse 2 mem 0
            UDPLITE: inuse 0
            RAW: inuse 0
            FRAG: inuse 0 memory 0
            """;
    static final String SOCKSTAT6 =
            "TCP6: inuse 7\nUDP6: inuse 0\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n";

    private final Path root;
    private final Map<String, String> written = new HashMap<>();

    private FakeProc(Path root) {
        this.root = root;
    }

    /** A machine that shows everything. */
    static FakeProc complete(Path root) {
        return new FakeProc(root)
                .with("self/fd/0", "")
                .with("self/net/sockstat", SOCKSTAT)
                .with("self/net/sockstat6", SOCKSTAT6)
                .with("self/net/netstat", netstat(100, 20))
                .with("self/net/snmp", snmp(1_000_000))
                .with("sys/fs/file-nr", "2016\t0\t9223372036854775807\n")
                .with("sys/net/ipv4/tcp_max_tw_buckets", "131072\n")
                .with("sys/net/ipv4/tcp_max_orphans", "65536\n")
                .with("sys/net/ipv4/tcp_mem", "287901\t383869\t575802\n")
                .with("sys/net/ipv4/tcp_syncookies", "1\n")
                .with("sys/net/ipv4/ip_local_port_range", "32768\t60999\n")
                .with("sys/net/core/somaxconn", "4096\n")
                .with("sys/net/netfilter/nf_conntrack_count", "25\n")
                .with("sys/net/netfilter/nf_conntrack_max", "262144\n");
    }

    /** {@code netstat} with these two counters among others. */
    static String netstat(long listenDrops, long cookiesSent) {
        return "TcpExt: SyncookiesSent SyncookiesRecv PAWSEstab TW ListenOverflows ListenDrops TCPTimeWaitOverflow\n"
                + "TcpExt: " + cookiesSent + " 1 2 3 4 " + listenDrops + " 5\n"
                + "IpExt: InNoRoutes InTruncatedPkts\nIpExt: 0 0\n";
    }

    /** {@code snmp} with that many connections made from here. */
    static String snmp(long activeOpens) {
        return "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
                + "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens\nTcp: 1 200 120000 -1 "
                + activeOpens
                + " 9\n";
    }

    /** Writes into the same file, as the kernel would: who holds it open sees the new text. */
    FakeProc with(String path, String text) {
        if (text.equals(written.get(path))) {
            return this;
        }
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
            // Cut after writing: ext4 takes a file that was cut to nothing for one that is being replaced, and writes
            // it out when
            // it is closed.
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.truncate(bytes.position());
            }
            written.put(path, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FakeProc without(String path) {
        try {
            Files.delete(root.resolve(path));
            written.remove(path);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    File file(String path) {
        return root.resolve(path).toFile();
    }

    File root() {
        return root.toFile();
    }
}
