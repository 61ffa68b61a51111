/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.99.0.0/23, 10.99.1.255, true",
        "10.99.0.0/23, 10.99.2.0, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "2001:db8::/32, 2001:db8:1::5, true",
        "2001:db8::/32, 2001:db9::, false",
        "0.0.0.0/0, 2001:db8::1, false"
    })
    void containsWhatItsPrefixCovers(String network, String address, boolean expected) throws UnknownHostException {
        assertThat(Network.anyContains(Network.list(network), InetAddress.getByName(address)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "::/129",
                "1.2.3.4.5",
                "/8",
                "10.1/16",
                "10.1",
                "10/8",
                "167772161",
                "10.0.0.01",
                "010.0.0.0/8",
                "10.0.0.256",
                "10.0.0.",
                "0x0a.0.0.1",
                "::ffff:10.0.0.0/8",
                "::ffff:10.0.0.1",
                "1:2",
                "fe80::1%1",
                "10.0.0.0/8/8",
                "10.0.0.0 /8",
                "10.0.0.0/255.0.0.0"
            })
    void refusesNamesAndNonsense(String text) {
        assertThatThrownBy(() -> Network.list(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsAListAndSkipsEmptyParts() {
        assertThat(Network.list(" 10.0.0.0/8, ::1 ,")).hasSize(2);
        assertThat(Network.list("")).isEmpty();
    }
}
