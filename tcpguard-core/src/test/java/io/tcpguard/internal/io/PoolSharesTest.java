/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.DownBy;
import io.tcpguard.state.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PoolSharesTest {
    private static final InetAddress LB = address(1);
    private final PoolShares shares = new PoolShares();
    private long second;

    /** @param left weight of the others that are still in, each of 100 */
    @ParameterizedTest
    @CsvSource({
        "5, 400, false",
        "5, 300, true",
        "3, 200, false",
        "3, 100, true",
        "9, 700, false",
        "9, 600, false",
        "9, 500, true",
        "2, 100, false",
        "2, 0, true"
    })
    void letsAThirdOfThePoolLeave(int servers, int left, boolean stays) {
        said(LB, "UP", 100, 100 * servers);
        said(LB, "UP", 100, 100 + left);

        assertThat(told(LB, DownBy.SIGNALS).up()).isEqualTo(stays);
    }

    @Test
    void callsAllBackWhoLeftInTheSameSecondAndKeepsThem() {
        said(LB, "UP", 100, 500);
        assertThat(told(LB, DownBy.SIGNALS).up()).isFalse();

        said(LB, "DOWN", 100, 0);
        assertThat(told(LB, DownBy.SIGNALS).up()).isTrue();
        assertThat(told(LB, DownBy.SIGNALS).weight()).isEqualTo(1);
        said(LB, "UP", 1, 5);
        assertThat(told(LB, DownBy.SIGNALS).up()).isTrue();
    }

    @Test
    void doesNotTakeItsOwnAbsenceForThatOfOthers() {
        said(LB, "UP", 100, 500);
        said(LB, "DOWN", 100, 400);

        assertThat(told(LB, DownBy.SIGNALS).up()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"LISTENER", "OPERATOR"})
    void changesNothingForAFactOrAnOperator(DownBy by) {
        said(LB, "UP", 100, 500);
        said(LB, "UP", 100, 200);

        assertThat(told(LB, by).up()).isFalse();
    }

    @Test
    void tellsAnAddressOnlyByWhatItSaidItself() {
        said(LB, "UP", 100, 500);
        said(address(2), "UP", 100, 500);
        said(address(2), "UP", 100, 100);

        assertThat(told(LB, DownBy.SIGNALS).up()).isFalse();
        assertThat(told(address(3), DownBy.SIGNALS).up()).isFalse();
    }

    @Test
    void takesAPoolThatWasMadeSmallerForWholeAfterTenMinutes() {
        said(LB, "UP", 100, 500);
        for (int i = 0; i < 620; i++) {
            said(LB, "UP", 100, 200);
        }

        assertThat(told(LB, DownBy.SIGNALS).up()).isFalse();
    }

    @Test
    void remembersNoMoreThanSixteenAndBelievesNoNonsense() {
        for (int i = 0; i < 255; i++) {
            said(address(i), "UP", 100, 500);
            said(address(i), "UP", 100, 200);
            said(address(i), "UP", -1, -1);
        }
        assertThat(told(address(0), DownBy.SIGNALS).up()).isFalse();
        assertThat(told(address(254), DownBy.SIGNALS).up()).isTrue();
        second += 601;
        assertThat(told(address(254), DownBy.SIGNALS).up())
                .as("who has not asked for ten minutes")
                .isFalse();
    }

    private void said(InetAddress address, String status, int weight, int total) {
        shares.said(address, new HaproxyState(status, "b/s", "lb", weight, total), now());
        second++;
    }

    private HealthStatus told(InetAddress address, DownBy by) {
        return shares.told(address, new HealthStatus(false, 0, Level.DRAIN, "none", "why", "why", by), now());
    }

    private long now() {
        return TimeUnit.SECONDS.toNanos(second);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
