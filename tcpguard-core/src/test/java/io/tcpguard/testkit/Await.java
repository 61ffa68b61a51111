/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what another thread or process does. */
public final class Await {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Await() {}

    /** What may throw while it is not true yet. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Until the condition holds.
     *
     * @throws AssertionError if it never does, or throws
     */
    public static void until(String what, Condition condition) {
        until(() -> what, condition);
    }

    /**
     * Tries ten times a second until it has succeeded so often.
     *
     * @return how often it has when the time is up
     */
    public static int times(int wanted, long seconds, Condition once) throws Exception {
        int done = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (done < wanted && System.nanoTime() - end < 0) {
            done += once.holds() ? 1 : 0;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        return done;
    }

    /** Asks until the answer is as wanted; what was answered last is named if it never is. */
    public static <T> T value(Callable<T> source, Predicate<? super T> wanted) {
        AtomicReference<@Nullable T> last = new AtomicReference<>();
        until(() -> "what is wanted, last " + last, () -> {
            T now = source.call();
            last.set(now);
            return wanted.test(now);
        });
        return Objects.requireNonNull(last.get());
    }

    /** The same, with what was seen last, for instance. */
    public static void until(Supplier<String> what, Condition condition) {
        long start = System.nanoTime();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new AssertionError("never came true: " + what.get());
                }
                LockSupport.parkNanos(LOOK_NANOS);
                if (Thread.interrupted()) {
                    throw new AssertionError("interrupted: " + what.get());
                }
            }
        } catch (Exception e) {
            throw new AssertionError(what.get(), e);
        }
    }
}
