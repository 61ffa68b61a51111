/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.NanoClock;
import java.io.File;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * This process's descriptors: the size of {@code /proc/self/fd}, which is their number since Linux 6.2 (fs/proc/fd.c,
 * {@code proc_fd_getattr}). A stat: opens nothing, so it answers when nothing can be opened.
 *
 * <p>On older kernels the size is 0, and elsewhere (emulated kernels) it may be anything; then the JDK counts, at most
 * once a second, by whichever thread asks first. Between two counts the number follows the guarded connections that
 * were accepted and closed since; what else was opened shows at the next count.
 */
final class ProcDescriptors implements DescriptorCount {
    private static final long COUNT_EVERY_NANOS = 1_000_000_000L;

    private static final int LOOKS = 3;

    private final File directory;
    private final JdkDescriptors jdk;
    private final NanoClock clock;
    private final boolean sizeIsCount;
    private final AtomicLong nextCountNanos;
    private volatile Counted last;
    private volatile LongSupplier connections = () -> 0;

    /**
     * A count by the JDK.
     *
     * @param descriptors what it said
     * @param connections guarded connections then
     */
    private record Counted(long descriptors, long connections) {}

    ProcDescriptors(File directory, JdkDescriptors jdk, NanoClock clock) {
        this.directory = directory;
        this.jdk = jdk;
        this.clock = clock;
        boolean believed = false;
        long counted = JdkDescriptors.UNKNOWN;
        for (int look = 0; look < LOOKS && !believed; look++) {
            counted = jdk.count();
            believed = believable(directory.length(), counted);
        }
        this.last = new Counted(counted == JdkDescriptors.NONE_LEFT ? jdk.limit() : counted, 0);
        this.sizeIsCount = believed;
        this.nextCountNanos = new AtomicLong(clock.nanoTime() + COUNT_EVERY_NANOS);
    }

    /** Other threads may open and close between the two looks, so that they need not be equal; hence several, too. */
    private static boolean believable(long size, long counted) {
        return size > 0 && (counted < 0 || Math.abs(size - counted) <= 16 + counted / 8);
    }

    @Override
    public long used() {
        if (sizeIsCount) {
            long size = directory.length();
            return size > 0 ? size : JdkDescriptors.UNKNOWN;
        }
        long due = nextCountNanos.get();
        long now = clock.nanoTime();
        if (now - due >= 0 && nextCountNanos.compareAndSet(due, now + COUNT_EVERY_NANOS)) {
            last = count();
        }
        Counted base = last;
        return base.descriptors < 0
                ? base.descriptors
                : Math.max(0, base.descriptors + connections.getAsLong() - base.connections);
    }

    private Counted count() {
        long before = connections.getAsLong();
        long count = jdk.count();
        // Connections that come or go while the JDK counts may be counted twice, but are never forgotten.
        long own = Math.min(before, connections.getAsLong());
        // Could not count for want of a descriptor: then as many are open as may be.
        return new Counted(count == JdkDescriptors.NONE_LEFT ? jdk.limit() : count, own);
    }

    /** From now on the number follows these between two counts. */
    void reckonWith(LongSupplier newConnections) {
        connections = newConnections;
        if (!sizeIsCount) {
            last = count();
        }
    }

    @Override
    public long limit() {
        return jdk.limit();
    }

    /** True if {@link #used} is exact at any moment; false if all but guarded connections is up to a second old. */
    boolean exact() {
        return sizeIsCount;
    }
}
