/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.spi.LogThread.LogLine;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;

/**
 * A log for threads that must not wait for it: acceptors, event loops, pollers, the guard's own. An appender may block,
 * on a full pipe or a disk that does not answer; a sampler that waits for it sees nothing, and a health port is taken
 * for a dead server. While a guard of this class loader runs, lines are made on the calling thread and written by the
 * thread "tcpguard-log", in order; 256 wait at most, what comes beyond is left out, and how many is said as soon as a
 * line can be written again. While none runs the calling thread writes.
 *
 * <p>Lines are those of SLF4J, {@code {}} for each value; a Throwable as the last value is written with its stack.
 * Throws only on the calling thread's own writing, what the log throws.
 */
public final class GuardLog {
    private static final long LONGEST_WAIT_MILLIS = 1000;

    private static final String JAVA_LOGGING = "org.slf4j.jul.JDK14LoggerAdapter";

    private static final Set<String> NO_SPEAKERS = Set.of(GuardLog.class.getName(), RateLimitedLog.class.getName());

    private final Logger log;
    /** java.util.logging if that is behind it; else null. */
    private final @Nullable JavaLog behind;

    private GuardLog(Logger log) {
        this.log = log;
        behind = log.getClass().getName().equals(JAVA_LOGGING) ? new JavaLog(log.getName()) : null;
    }

    /** The log of this class's name. */
    public static GuardLog of(Class<?> name) {
        return to(LoggerFactory.getLogger(name));
    }

    /** The log of this name. */
    public static GuardLog of(String name) {
        return to(LoggerFactory.getLogger(name));
    }

    static GuardLog to(Logger log) {
        return new GuardLog(log);
    }

    /** For a guard that begins to run: lines are handed on from now on, until as many guards have said {@link #end}. */
    public static void begin() {
        LogThread.begin();
    }

    /** For a guard that runs no more, once. Waits for what was said so far, a second at most. */
    public static void end() {
        LogThread.end(LONGEST_WAIT_MILLIS);
    }

    /** Waits until what was said so far is written; a second at most. Not for threads that must not wait. */
    public static void settle() {
        LogThread.await(LONGEST_WAIT_MILLIS);
    }

    /** Whether lines at DEBUG are wanted: for those that cost something to make. */
    public boolean isDebugEnabled() {
        return log.isDebugEnabled();
    }

    /** At TRACE. */
    public void trace(String line, @Nullable Object... values) {
        if (log.isTraceEnabled()) {
            say(Level.TRACE, line, values);
        }
    }

    /** At DEBUG. */
    public void debug(String line, @Nullable Object... values) {
        if (log.isDebugEnabled()) {
            say(Level.DEBUG, line, values);
        }
    }

    /** At INFO. */
    public void info(String line, @Nullable Object... values) {
        if (log.isInfoEnabled()) {
            say(Level.INFO, line, values);
        }
    }

    /** At WARN. */
    public void warn(String line, @Nullable Object... values) {
        if (log.isWarnEnabled()) {
            say(Level.WARN, line, values);
        }
    }

    /** At ERROR. */
    public void error(String line, @Nullable Object... values) {
        if (log.isErrorEnabled()) {
            say(Level.ERROR, line, values);
        }
    }

    private void say(Level level, String line, @Nullable Object[] values) {
        FormattingTuple made = MessageFormatter.arrayFormat(line, values);
        LogThread.say(
                new LogLine(this, level, made.getMessage(), made.getThrowable(), behind == null ? null : speaker()));
    }

    /** Who called the log. */
    private static StackWalker.@Nullable StackFrame speaker() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !NO_SPEAKERS.contains(frame.getClassName()))
                        .findFirst()
                        .orElse(null));
    }

    /** On the calling thread. */
    void write(LogLine line) {
        String text = line.text();
        Throwable cause = line.cause();
        if (behind != null) {
            behind.write(line);
            return;
        }
        switch (line.level()) {
            case TRACE -> log.trace(text, cause);
            case DEBUG -> log.debug(text, cause);
            case INFO -> log.info(text, cause);
            case WARN -> log.warn(text, cause);
            case ERROR -> log.error(text, cause);
        }
    }
}
