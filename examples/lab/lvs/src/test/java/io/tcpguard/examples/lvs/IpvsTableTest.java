/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IpvsTableTest {
    private static final String HEAD =
            """
            IP Virtual Server version 1.2.1 (size=4096)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
            """;
    private static final String ALL_IN = HEAD
            + """
            TCP  10.97.0.100:8080 wlc
              -> 10.97.0.11:8080              Route   100    120        7         \s
              -> 10.97.0.12:8080              Route   100    119        9         \s
            ### end
            """;
    private static final String ONE_INHIBITED = ALL_IN.replace("Route   100    119 ", "Route   0      119 ");

    @Test
    void readsTheRowsOfTheNewestTable() {
        assertThat(IpvsTable.newest(ONE_INHIBITED + ALL_IN).servers())
                .containsExactly(
                        new IpvsTable.Server("10.97.0.11", 100, 120, 7),
                        new IpvsTable.Server("10.97.0.12", 100, 119, 9));
        assertThat(IpvsTable.newest(ALL_IN + ONE_INHIBITED).in()).isEqualTo(1);
    }

    @Test
    void passesOverATableThatIsStillBeingWritten() {
        assertThat(IpvsTable.newest(ALL_IN + HEAD + "TCP  10.97.0.100:8080 wlc\n")
                        .in())
                .isEqualTo(2);
    }

    @Test
    void countsAServerOfWeightZeroAsOutButItsConnectionsAsAlive() {
        IpvsTable table = IpvsTable.newest(ONE_INHIBITED);

        assertThat(table.in()).isEqualTo(1);
        assertThat(table.active()).isEqualTo(239);
    }

    @Test
    void hasNobodyInBeforeTheFirstTable() {
        assertThat(IpvsTable.newest("").in()).isZero();
        assertThat(IpvsTable.newest(HEAD).servers()).isEmpty();
    }
}
