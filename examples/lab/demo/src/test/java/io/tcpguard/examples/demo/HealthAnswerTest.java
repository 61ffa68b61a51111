/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.examples.demo.Check.Outcome;
import org.junit.jupiter.api.Test;

class HealthAnswerTest {
    @Test
    void readsStatusAndLevel() {
        assertThat(HealthAnswer.parse("HTTP/1.1 200 OK\r\n\r\nup\nlevel SHED\nweight 87\n"))
                .isEqualTo(new HealthAnswer(Outcome.UP, "SHED"));
        assertThat(HealthAnswer.parse("HTTP/1.1 503 Service Unavailable\r\n\r\nlevel: DRAIN"))
                .isEqualTo(new HealthAnswer(Outcome.DOWN, "DRAIN"));
    }

    @Test
    void knowsNoLevelWhereNoneIsNamed() {
        assertThat(HealthAnswer.parse("HTTP/1.1 200 \r\n\r\nUP\n")).isEqualTo(new HealthAnswer(Outcome.UP, "-"));
    }

    @Test
    void isCompleteWithTheLastByteOfItsBody() {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";

        assertThat(HealthAnswer.complete(head + "UP")).isFalse();
        assertThat(HealthAnswer.complete(head + "UP\n")).isTrue();
        assertThat(HealthAnswer.complete("HTTP/1.1 200 OK\r\n\r\nUP\n")).isFalse();
    }

    @Test
    void isNoAnswerIfItIsNoHttp() {
        assertThat(HealthAnswer.parse("").outcome()).isEqualTo(Outcome.NO_ANSWER);
        assertThat(HealthAnswer.parse("HTTP/1.1").outcome()).isEqualTo(Outcome.NO_ANSWER);
    }
}
