/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The work of a connector that has a thread for each request (virtual threads): nothing waits for a thread there, so
 * that a probe task says nothing of requests that all wait for the same thing. It is held back while as many requests
 * as a pool would have threads are in progress and none of them has ended for long, nor has any answer grown; else it
 * goes to the executor at once, where it waits as long as there is no carrier.
 */
final class UnpooledWork implements Executor {
    /** The size of Tomcat's pool by default; what it is set to says nothing where the executor is not Tomcat's own. */
    static final int FEWEST = 200;

    private static final long LOOK_EVERY = 1_000_000_000L;

    private final Executor executor;
    private final int many;
    private final long patience;
    private final LongPredicate answersGrow;
    private final LongSupplier clock;
    private final AtomicInteger inProgress = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> held = new AtomicReference<>();
    private volatile int ended;
    // Of the sampler's thread.
    private int endedSeen;
    private long progressAt;
    private long lookedAt;
    private boolean looked;

    /**
     * @param many requests in progress; with fewer it may be chance that none ends
     * @param patience nanoseconds for which nothing may end
     * @param answersGrow whether any answer grew within so many nanoseconds; asked once a second at most
     */
    UnpooledWork(Executor executor, int many, long patience, LongPredicate answersGrow, LongSupplier clock) {
        this.executor = executor;
        this.many = many;
        this.patience = patience;
        this.answersGrow = answersGrow;
        this.clock = clock;
        progressAt = clock.getAsLong();
    }

    /**
     * Whether this executor makes a thread for each task. By its name: Tomcat's, the JDK's and Spring's have no type in
     * common.
     */
    static boolean isUnpooled(Executor executor) {
        String name = executor.getClass().getSimpleName();
        return name.contains("VirtualThread") || name.equals("ThreadPerTaskExecutor");
    }

    /** A request begins on a thread. Any thread. */
    void begins() {
        inProgress.incrementAndGet();
    }

    /** It does not hold its thread any more. Any thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // any change is progress; a lost one is one of many
    void ends() {
        ended++;
        inProgress.decrementAndGet();
    }

    /** The guard's probe task; by the sampler's thread. */
    @Override
    public void execute(Runnable probe) {
        if (stalledFor(clock.getAsLong())) {
            held.set(probe);
        } else {
            executor.execute(probe);
        }
    }

    /** Lets a probe task go if something moves again. In each cycle, by the sampler's thread. */
    void look() {
        boolean still = stalledFor(clock.getAsLong());
        Runnable probe = still ? null : held.getAndSet(null);
        if (probe != null) {
            executor.execute(probe);
        }
    }

    private boolean stalledFor(long now) {
        int soFar = ended;
        if (soFar != endedSeen || inProgress.get() < many) {
            endedSeen = soFar;
            progressAt = now;
            return false;
        }
        if (now - progressAt < patience) {
            return false;
        }
        if (!looked || now - lookedAt >= LOOK_EVERY) {
            looked = true;
            lookedAt = now;
            if (answersGrow.test(patience)) {
                progressAt = now;
                return false;
            }
        }
        return true;
    }
}
