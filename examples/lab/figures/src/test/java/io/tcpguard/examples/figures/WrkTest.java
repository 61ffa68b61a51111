/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkTest {
    private static final String CLEAN =
            """
            Running 2s test @ http://127.0.0.1:8080/
              1 threads and 16 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     0.99ms    1.20ms  22.45ms   95.59%
                Req/Sec    18.81k     1.66k   21.11k    80.00%
              Latency Distribution
                 50%  759.00us
                 75%    1.01ms
                 90%    1.51ms
                 99%    6.50ms
              37474 requests in 2.00s, 11.69MB read
            Requests/sec:  18721.49
            Transfer/sec:      5.84MB
            """;

    @Test
    void rateAndLatenciesAreReadInOneUnit() throws Exception {
        assertThat(Wrk.parse(CLEAN)).isEqualTo(new Wrk.Result(37474, 18721.49, 759, 6500));
    }

    @Test
    void aRunWithErrorsIsNoMeasurement() {
        String refused = CLEAN + "  Socket errors: connect 0, read 3, write 0, timeout 0\n";

        assertThatThrownBy(() -> Wrk.parse(refused))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("read 3");
    }

    @Test
    void anAnswerWithoutARateIsNoMeasurement() {
        assertThatThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:8080 Connection refused\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Connection refused");
    }
}
