/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.spi.LogThread.LogLine;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * java.util.logging behind SLF4J. Its own formatters and Tomcat's print which class and method speaks, and SLF4J takes
 * them from the stack of the thread that writes: here that says nothing, so lines go past it.
 */
final class JavaLog {
    private final Logger log;

    JavaLog(String name) {
        log = Logger.getLogger(name);
    }

    void write(LogLine line) {
        StackWalker.StackFrame speaker = line.speaker();
        LogRecord written = new LogRecord(level(line.level()), line.text());
        written.setLoggerName(log.getName());
        written.setThrown(line.cause());
        written.setSourceClassName(speaker == null ? log.getName() : speaker.getClassName());
        written.setSourceMethodName(speaker == null ? "log" : speaker.getMethodName());
        log.log(written);
    }

    private static Level level(org.slf4j.event.Level level) {
        return switch (level) {
            case TRACE -> Level.FINEST;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARN -> Level.WARNING;
            case ERROR -> Level.SEVERE;
        };
    }
}
