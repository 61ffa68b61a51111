/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7:4711, 192.0.2.7",
        "::ffff:192.0.2.7, 192.0.2.7",
        "64:ff9b::192.0.2.7, 192.0.2.7",
        "[2001:db8::1]:443, 2001:db8::1",
        "2001:db8:0:0:1:2:3:4, 2001:DB8::",
        "2001:db8::1:2, 2001:db8::ffff",
        "fe80::1%eth0, fe80::1",
        "::1, 0:0:0:0:0:0:0:1",
        "0.0.0.0, 0.0.0.0",
        "2001:db8:1:2:3:4:192.0.2.7, 2001:db8:1:2::",
    })
    void isTheSourceOfTheAddressHoweverItIsWritten(String written, String same) throws Exception {
        assertThat(id(written)).isNotZero().isEqualTo(idOf(InetAddress.getByName(same)));
    }

    @Test
    void readsWhatTheJdkWritesAndReadsItAsTheJdkDoes() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 16 : 4];
            random.nextBytes(bytes);
            StringBuilder text =
                    new StringBuilder(InetAddress.getByAddress(bytes).getHostAddress());
            if (bytes.length == 16 && random.nextBoolean()) {
                int from = random.nextInt(8);
                int to = from + 1 + random.nextInt(8 - from);
                text = shortened(text.toString().split(":", -1), from, to);
            }
            assertThat(id(text)).as(text.toString()).isEqualTo(idOf(InetAddress.getByName(text.toString())));
        }
    }

    private static StringBuilder shortened(String[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < from; i++) {
            text.append(groups[i]).append(i == from - 1 ? "" : ":");
        }
        text.append("::");
        for (int i = to; i < 8; i++) {
            text.append(groups[i]).append(i == 7 ? "" : ":");
        }
        return text;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "_hidden",
                "example.com",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.4 ",
                "1.2.3.4, 5.6.7.8",
                "::1::",
                ":1",
                "1:",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3",
                "12345::",
                "[::1",
                "g::1",
                "1.2.3.-4",
                "\u0661.2.3.4",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1::2:3:4:5:6:7:1.2.3.4"
            })
    void isNobodysWhereItIsNone(String written) {
        assertThat(id(written)).isZero();
    }

    @Test
    void isReadUpTo64CharactersWithItsZone() throws Exception {
        String longest = "fe80::1%" + "z".repeat(56);

        assertThat(id(longest)).isNotZero().isEqualTo(idOf(InetAddress.getByName("fe80::1")));
        assertThat(id(longest + "z")).isZero();
    }

    private static long id(CharSequence written) {
        SourceKey key = new SourceKey();
        return AddressText.read(written, key) ? key.id() : 0;
    }

    private static long idOf(InetAddress address) {
        SourceKey key = new SourceKey();
        key.set(address, new SourceKey.Memory());
        return key.id();
    }
}
