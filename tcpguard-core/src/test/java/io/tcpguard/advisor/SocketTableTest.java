/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.TcpState;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SocketTableTest {

    private static final String TCP =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000000000000000 100 0 0 10 0
               1: 0100007F:1F90 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 112 1 0000000000000000 20 4 30 10 -1
               2: 0100007F:1F90 0100007F:D2F2 08 00000000:00000000 00:00000000 00000000     0        0 113 1 0000000000000000 20 4 30 10 -1
               3: 0100007F:D2F4 0100007F:1F90 06 00000000:00000000 03:00000F5C 00000000     0        0 0 3 0000000000000000
            """;
    private static final String TCP6 =
            """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 211 1 0000000000000000 100 0 0 10 0
            """;

    private final SocketTable table = SocketTable.parse(TCP).and(SocketTable.parse(TCP6));

    @Test
    void findsListenersOfBothFamilies() {
        assertThat(table.listening()).containsExactly(22, 8080);
    }

    @Test
    void countsByState() {
        assertThat(table.count(TcpState.ESTABLISHED)).isEqualTo(1);
        assertThat(table.count(TcpState.CLOSE_WAIT)).isEqualTo(1);
        assertThat(table.count(TcpState.TIME_WAIT)).isEqualTo(1);
    }

    @Test
    void keepsOnlyTheSocketsOfAProcess() {
        assertThat(table.of(Set.of(111L, 113L)).rows()).hasSize(2);
    }
}
