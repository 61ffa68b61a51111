/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Network;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AllowedClientsTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final AllowedClients allowed = new AllowedClients(Network.list("10.0.0.0/8"));

    @Test
    void areThoseOfTheirNetworks() throws Exception {
        assertThat(allowed.none()).isFalse();
        assertThat(allowed.contains(InetAddress.getByName("10.1.2.3"))).isTrue();
        assertThat(allowed.contains(InetAddress.getByName("11.1.2.3"))).isFalse();
        assertThat(allowed.contains(null)).isFalse();
    }

    @Test
    void areNobodyWhereNoNetworkIsSet() throws Exception {
        AllowedClients nobody = new AllowedClients(List.of());

        assertThat(nobody.none()).isTrue();
        assertThat(nobody.contains(InetAddress.getByName("10.1.2.3"))).isFalse();
    }

    @Test
    void areExpectedForFiveMinutesAndHurryTheQueueAsLong() {
        assertThat(allowed.expected()).isFalse();
        assertThat(allowed.longestWait(4_000 * MILLI)).isEqualTo(4_000 * MILLI);
        allowed.sampled(MINUTE);
        assertThat(allowed.expected()).isFalse();

        allowed.came(2 * MINUTE);
        assertThat(allowed.expected()).isTrue();
        assertThat(allowed.longestWait(4_000 * MILLI)).isEqualTo(300 * MILLI);
        assertThat(allowed.longestWait(200 * MILLI)).isEqualTo(200 * MILLI);
        allowed.sampled(7 * MINUTE - 1);
        assertThat(allowed.expected()).isTrue();
        allowed.sampled(7 * MINUTE);
        assertThat(allowed.expected()).isFalse();
    }
}
