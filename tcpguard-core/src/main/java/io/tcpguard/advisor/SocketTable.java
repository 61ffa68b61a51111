/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import io.tcpguard.internal.linux.TcpRow;
import io.tcpguard.signal.TcpState;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Sockets of {@code /proc/net/tcp} and {@code tcp6}. */
record SocketTable(List<TcpRow> rows) {

    /** Parses the text; lines that are not rows are passed over. */
    static SocketTable parse(String text) {
        return new SocketTable(
                text.lines().map(TcpRow::parse).filter(Objects::nonNull).toList());
    }

    SocketTable and(SocketTable other) {
        return new SocketTable(Stream.concat(rows.stream(), other.rows.stream()).toList());
    }

    /** Only the sockets with these inodes. */
    SocketTable of(Set<Long> inodes) {
        return new SocketTable(
                rows.stream().filter(r -> inodes.contains(r.inode())).toList());
    }

    long count(TcpState state) {
        return rows.stream().filter(r -> r.state() == state).count();
    }

    /** Ports that are listened on, each once. */
    List<Integer> listening() {
        return rows.stream()
                .filter(r -> r.state() == TcpState.LISTEN)
                .map(TcpRow::localPort)
                .distinct()
                .sorted()
                .toList();
    }
}
