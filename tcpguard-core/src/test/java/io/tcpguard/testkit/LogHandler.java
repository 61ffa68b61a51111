/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** Hears what is logged where it is added. */
public final class LogHandler extends Handler {
    private final Consumer<LogRecord> each;

    public LogHandler(Consumer<LogRecord> each) {
        this.each = each;
    }

    @Override
    public void publish(LogRecord line) {
        each.accept(line);
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        // Whoever added it removes it.
    }
}
