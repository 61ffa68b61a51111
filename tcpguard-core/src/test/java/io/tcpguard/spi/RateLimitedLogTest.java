/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class RateLimitedLogTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final IllegalStateException trouble = new IllegalStateException("Too many open files");
    private final List<String> lines = new ArrayList<>();
    private boolean unloggable;
    private final RateLimitedLog log = new RateLimitedLog(logger(), MINUTE);

    private Logger logger() {
        return (Logger) Proxy.newProxyInstance(
                Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    if (unloggable) {
                        throw new NoClassDefFoundError("no descriptor to load it with");
                    }
                    if (method.getName().startsWith("is")) {
                        return true;
                    }
                    lines.add(method.getName()
                            + ' '
                            + arguments[0]
                            + (arguments[1] == trouble ? ", with its stack" : ""));
                    return null;
                });
    }

    @Test
    void saysOneLineAnIntervalWithTheNumberOfThoseThatItStandsFor() {
        for (long now = Long.MAX_VALUE, i = 0; i <= 60; i++, now += MINUTE / 60) {
            log.warn("accept failed", trouble, now);
        }

        assertThat(lines)
                .containsExactly(
                        "warn accept failed (1 since the last line), with its stack",
                        "warn accept failed (60 since the last line), with its stack");
    }

    @Test
    void neverThrowsAndSaysTheNextTimeWhatCouldNotBeLogged() {
        unloggable = true;
        log.error("accept failed", null, 0);
        unloggable = false;
        log.error("accept failed", null, 1);

        assertThat(lines).containsExactly("error accept failed (2 since the last line)");
    }
}
