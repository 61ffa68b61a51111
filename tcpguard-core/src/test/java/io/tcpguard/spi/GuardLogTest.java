/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.LogHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuardLogTest {
    private static final String NAME = "io.tcpguard.spi.GuardLogTest";
    private static final Logger BEHIND = Logger.getLogger(NAME);

    private final GuardLog log = GuardLog.of(NAME);
    private final List<LogRecord> written = new CopyOnWriteArrayList<>();
    private final List<String> by = new CopyOnWriteArrayList<>();
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private volatile boolean blocks;
    private volatile boolean throwsErrors;
    private final LogHandler appender = new LogHandler(this::write);

    private void write(LogRecord line) {
        entered.countDown();
        if (throwsErrors) {
            throw new NoClassDefFoundError("none left");
        }
        if (blocks) {
            try {
                unblocked.await();
            } catch (InterruptedException e) {
                by.add("interrupted");
            }
        }
        written.add(line);
        by.add(Thread.currentThread().getName());
    }

    @BeforeEach
    void listen() {
        BEHIND.addHandler(appender);
        BEHIND.setUseParentHandlers(false);
    }

    @AfterEach
    void leave() {
        unblocked.countDown();
        BEHIND.removeHandler(appender);
        BEHIND.setUseParentHandlers(true);
        BEHIND.setLevel(null);
    }

    @Test
    void theCallerWritesWhileNoGuardRuns() {
        log.warn("{} of {}", 3, 4);

        assertThat(written).singleElement().satisfies(line -> {
            assertThat(line.getMessage()).isEqualTo("3 of 4");
            assertThat(line.getLevel()).isEqualTo(Level.WARNING);
        });
        assertThat(by).containsExactly(Thread.currentThread().getName());
    }

    @Test
    void aThreadOfItsOwnWritesInOrderWhileOneRuns() {
        BEHIND.setLevel(Level.ALL);
        Exception cause = new IllegalStateException("why");
        GuardLog.begin();
        try {
            log.error("a {}", 1);
            log.warn("b", cause);
            log.info("c");
            log.debug("d");
            log.trace("e");
            GuardLog.settle();
        } finally {
            GuardLog.end();
        }

        assertThat(written).extracting(LogRecord::getMessage).containsExactly("a 1", "b", "c", "d", "e");
        assertThat(written.get(1).getThrown()).isSameAs(cause);
        assertThat(written)
                .extracting(LogRecord::getLevel)
                .containsExactly(Level.SEVERE, Level.WARNING, Level.INFO, Level.FINE, Level.FINEST);
        assertThat(by).containsOnly("tcpguard-log");
        assertThat(written)
                .allMatch(line -> NAME.equals(line.getSourceClassName()))
                .allMatch(line -> "aThreadOfItsOwnWritesInOrderWhileOneRuns".equals(line.getSourceMethodName()));
    }

    @Test
    void whatIsNotWantedIsNotHandedOn() {
        GuardLog.begin();
        try {
            assertThat(log.isDebugEnabled()).isFalse();
            log.debug("not wanted");
            log.info("wanted");
        } finally {
            GuardLog.end();
        }

        assertThat(written).extracting(LogRecord::getMessage).containsExactly("wanted");
    }

    @Test
    void whatDoesNotFitIsLeftOutAndCounted() throws InterruptedException {
        blocks = true;
        GuardLog.begin();
        try {
            log.info("first");
            entered.await();
            for (int i = 0; i < LogThread.MOST + 44; i++) {
                log.info("line {}", i);
            }
            unblocked.countDown();
            Await.until("all that waited", () -> written.size() == LogThread.MOST + 2);
        } finally {
            GuardLog.end();
        }

        assertThat(written.get(0).getMessage()).isEqualTo("first");
        assertThat(written.get(1).getMessage()).contains("44 lines before this one were left out");
        assertThat(written.get(2).getMessage()).isEqualTo("line 0");
        assertThat(by).doesNotContain("interrupted");
    }

    @Test
    void whatTheLogThrowsEndsNothingAndIsTold() {
        GuardLog.begin();
        try {
            throwsErrors = true;
            log.info("lost");
            log.info("lost, too");
            GuardLog.settle();
            throwsErrors = false;
            log.info("written");
            GuardLog.settle();
        } finally {
            GuardLog.end();
        }

        assertThat(written).hasSize(2);
        assertThat(written.get(0).getMessage()).contains("2 lines before this one were left out");
        assertThat(written.get(1).getMessage()).isEqualTo("written");
    }

    @Test
    void itsThreadGoesWithTheLastGuard() {
        GuardLog.begin();
        GuardLog.begin();
        GuardLog.end();
        log.info("by the thread");
        GuardLog.end();

        assertThat(by).containsExactly("tcpguard-log");
        Await.until("it is gone", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("tcpguard-log")));
        log.info("by the caller");
        assertThat(by).hasSize(2).doesNotContain("interrupted").last().isNotEqualTo("tcpguard-log");
    }
}
