/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UdpQuotaTest {
    private final UdpQuota quota = new UdpQuota();
    private long now = Long.MIN_VALUE + 3;

    @Test
    void aFloodOfForgedSendersIsAnsweredSoOftenASecondInAll() {
        int answered = 0;
        for (int i = 0; i < 50_000; i++) {
            answered += quota.allows(v4(i), now) ? 1 : 0;
        }
        assertThat(answered).isLessThanOrEqualTo(UdpQuota.STRANGERS).isGreaterThan(UdpQuota.STRANGERS / 2);
    }

    @Test
    void whoChecksRegularlyIsAnsweredInTheMidstOfThem() {
        InetAddress director = v4(1);
        for (int i = 0; i < 4; i++) {
            assertThat(quota.allows(director, now)).isTrue();
            now += TimeUnit.SECONDS.toNanos(2);
        }
        for (int second = 0; second < 60; second++) {
            for (int i = 2; i < 5000; i++) {
                quota.allows(v4(1000 * second + i), now);
            }
            assertThat(quota.allows(director, now)).isTrue();
            now += TimeUnit.SECONDS.toNanos(1);
        }
    }

    @Test
    void oneHostIsOneSourceWithAllItsAddressesOfVersionSix() throws UnknownHostException {
        int answered = 0;
        for (int i = 0; i < 200; i++) {
            byte[] address = new byte[16];
            address[0] = 0x20;
            address[7] = 9;
            address[15] = (byte) i;
            address[14] = (byte) (i >> 8);
            answered += quota.allows(InetAddress.getByAddress(address), now) ? 1 : 0;
        }
        assertThat(answered).isEqualTo(UdpQuota.A_SOURCE);
    }

    private static InetAddress v4(int i) {
        try {
            return InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
