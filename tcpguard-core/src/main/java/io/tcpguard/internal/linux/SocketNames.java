/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.linux.DescriptorKey.DescriptorKind;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.BooleanSupplier;

/**
 * Whom sockets lead to, by the kernel's tables (net/ipv4/tcp_ipv4.c, {@code get_tcp4_sock}; net/unix/af_unix.c, {@code
 * unix_seq_show}).
 */
final class SocketNames {
    private static final List<String> INET = List.of("tcp", "tcp6", "udp", "udp6");
    private static final String LISTEN = "0A";
    private static final int ROWS_BETWEEN_LOOKS = 64;

    /** A row of one of ours. */
    private record Row(DescriptorKey key, int localPort, boolean listens) {}

    private final File proc;
    private final BooleanSupplier mayOpen;
    private final BooleanSupplier late;

    SocketNames(File proc, BooleanSupplier mayOpen, BooleanSupplier late) {
        this.proc = proc;
        this.mayOpen = mayOpen;
        this.late = late;
    }

    /**
     * Adds them to what was found.
     *
     * @param inodes of own sockets; those that were named are taken out
     */
    void name(Set<Long> inodes, Map<DescriptorKey, Integer> found) {
        List<Row> rows = new ArrayList<>();
        boolean whole = true;
        for (String table : INET) {
            whole &= read(table, inodes, rows);
        }
        Set<Integer> listening = new HashSet<>();
        rows.stream().filter(Row::listens).forEach(row -> listening.add(row.localPort()));
        for (Row row : rows) {
            DescriptorKey key = row.listens()
                    ? new DescriptorKey(DescriptorKind.OTHER, "listening sockets", 0)
                    : listening.contains(row.localPort())
                            ? new DescriptorKey(DescriptorKind.CLIENT_SOCKET, "", row.localPort())
                            : row.key();
            found.merge(key, 1, Integer::sum);
        }
        whole &= readUnix(inodes, found);
        if (!inodes.isEmpty()) {
            String which = whole
                    ? "sockets that are not connected (never, or reset by their peer)"
                    : "sockets (to whom could not be looked up: too few descriptors or too little time)";
            found.merge(new DescriptorKey(DescriptorKind.NAMELESS_SOCKET, which, 0), inodes.size(), Integer::sum);
        }
    }

    private boolean read(String table, Set<Long> inodes, List<Row> rows) {
        return each(table, row -> {
            StringTokenizer words = new StringTokenizer(row, " ");
            words.nextToken();
            String local = words.nextToken();
            String remote = words.nextToken();
            String state = words.nextToken();
            for (int i = 0; i < 5; i++) {
                words.nextToken();
            }
            if (inodes.remove(Long.parseLong(words.nextToken()))) {
                int port = port(remote);
                DescriptorKey key = port == 0
                        ? new DescriptorKey(DescriptorKind.OTHER, table.replace("6", "") + " sockets without a peer", 0)
                        : new DescriptorKey(DescriptorKind.SOCKET, address(remote), port);
                rows.add(new Row(key, port(local), state.equals(LISTEN) && table.startsWith("tcp")));
            }
        });
    }

    private boolean readUnix(Set<Long> inodes, Map<DescriptorKey, Integer> found) {
        return inodes.isEmpty()
                || each("unix", row -> {
                    String[] words = row.trim().split(" +", 8);
                    if (inodes.remove(Long.parseLong(words[6]))) {
                        String path = words.length > 7 ? words[7] : "";
                        found.merge(new DescriptorKey(DescriptorKind.UNIX_SOCKET, path, 0), 1, Integer::sum);
                    }
                });
    }

    private interface RowReader {
        void row(String row) throws UnknownHostException;
    }

    /** False if not all was read. */
    private boolean each(String table, RowReader reader) {
        File file = new File(proc, "self/net/" + table);
        if (!file.exists()) {
            return true;
        }
        if (!mayOpen.getAsBoolean()) {
            return false;
        }
        try (BufferedReader rows = Files.newBufferedReader(file.toPath(), StandardCharsets.ISO_8859_1)) {
            rows.readLine();
            int seen = 0;
            for (String row = rows.readLine(); row != null; row = rows.readLine()) {
                if (++seen % ROWS_BETWEEN_LOOKS == 0 && late.getAsBoolean()) {
                    return false;
                }
                reader.row(row);
            }
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static int port(String addressAndPort) {
        return Integer.parseInt(addressAndPort.substring(addressAndPort.indexOf(':') + 1), 16);
    }

    /** Each 32-bit word is written as the machine stores it. */
    private static String address(String addressAndPort) throws UnknownHostException {
        int length = addressAndPort.indexOf(':') / 2;
        byte[] bytes = new byte[length];
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < length; i++) {
            int to = little ? i / 4 * 4 + 3 - i % 4 : i;
            bytes[to] = (byte) Integer.parseInt(addressAndPort.substring(2 * i, 2 * i + 2), 16);
        }
        String text = InetAddress.getByAddress(bytes).getHostAddress();
        return text.indexOf(':') < 0 ? text : '[' + text + ']';
    }
}
