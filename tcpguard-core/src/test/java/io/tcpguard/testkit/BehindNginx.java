/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers behind a real nginx. */
@Tag("long")
@Timeout(180)
public abstract class BehindNginx {
    private static final int REQUESTS = 240;
    private static final long EVERY_MILLIS = 40;
    private static final long HICCUP_MILLIS = 3_000;

    private volatile long hangsUntil;
    /** How long the application takes for an answer. */
    protected volatile long answersAfterMillis;

    /**
     * A server that answers "ok".
     *
     * @param maxConnections -1: any number
     * @return its port
     */
    protected abstract int serve(boolean guarded, int maxConnections) throws Exception;

    /** Called for each request: the application hangs for a while. */
    protected final void hang() {
        for (long left = hangsUntil - System.nanoTime(); left > 0; left = hangsUntil - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private List<Integer> twoServers(boolean guarded, int maxConnections) throws Exception {
        return List.of(serve(guarded, maxConnections), serve(guarded, maxConnections));
    }

    private Map<String, Integer> hiccup(Path directory, boolean guarded, int kept) throws Exception {
        try (Nginx nginx = Nginx.before(directory, kept, twoServers(guarded, -1))) {
            Map<String, Integer> answers = nginx.ask(REQUESTS, EVERY_MILLIS, request -> {
                if (request == REQUESTS / 4) {
                    hangsUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HICCUP_MILLIS);
                }
            });
            assertThat(nginx.errors()).doesNotContain("reset");
            return answers;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    void losesNoRequestInAHiccupThatStockSurvives(int kept, @TempDir Path stock, @TempDir Path guarded)
            throws Exception {
        assertThat(hiccup(stock, false, kept)).as("stock").isEqualTo(Map.of("200", REQUESTS));
        assertThat(hiccup(guarded, true, kept)).as("guarded").isEqualTo(Map.of("200", REQUESTS));
    }

    @Test
    void isNeverResetByAFullServer(@TempDir Path directory) throws Exception {
        answersAfterMillis = 2_000;
        try (Nginx nginx = Nginx.before(directory, 0, twoServers(true, 8))) {
            Map<String, Integer> answers = nginx.ask(REQUESTS, 5, request -> {});
            assertThat(answers.keySet()).as("%s", answers).contains("503").doesNotContain("none");
            assertThat(nginx.errors()).doesNotContain("reset");
        }
    }
}
