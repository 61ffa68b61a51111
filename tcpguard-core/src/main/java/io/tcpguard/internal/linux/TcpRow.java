/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.TcpState;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One socket in a row of {@code /proc/net/tcp} or {@code tcp6} (net/ipv4/tcp_ipv4.c, {@code tcp4_seq_show};
 * tcp_ipv6.c).
 *
 * @param state its state
 * @param localPort 0..65535
 * @param inode by which its descriptor names it; 0 if it has none
 */
public record TcpRow(TcpState state, int localPort, long inode) {
    private static final Pattern ROW = Pattern.compile("\\s*\\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} "
            + "([0-9A-F]{2}) [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ [0-9A-F]+ +\\d+ +\\d+ (\\d{1,18}) .*");

    /** The row in that line; null if it is none, such as the line of titles. */
    public static @Nullable TcpRow parse(String line) {
        Matcher row = ROW.matcher(line);
        TcpState state = row.matches() ? TcpState.of(Integer.parseInt(row.group(2), 16)) : null;
        return state == null
                ? null
                : new TcpRow(state, Integer.parseInt(row.group(1), 16), Long.parseLong(row.group(3)));
    }
}
