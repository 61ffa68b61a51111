package io.tcpguard.internal.linux;

import io.tcpguard.signal.NanoClock;
import java.io.File;
import java.util.concurrent.atomic.AtomicLong;

/**
 * This process's descriptors: the size of {@code /proc/self/fd}, which is their number since Linux 6.2 (fs/proc/fd.c,
 * {@code proc_fd_getattr}). A stat: opens nothing, so it answers when nothing can be opened.
 *
 * <p>On older kernels the size is 0, and elsewhere (emulated kernels) it may be anything; then the JDK counts, at most once a
 * second, by whichever thread asks first; the others get the last count.
 */
final class ProcDescriptors implements DescriptorCount {
    private static final long COUNT_EVERY_NANOS = 1_000_000_000L;

    private static final int LOOKS = 3;

    private final File directory;
    private final JdkDescriptors jdk;
    private final NanoClock clock;
    private final boolean sizeIsCount;
    private final AtomicLong nextCountNanos;
    private volatile long lastCount;

    ProcDescriptors(File directory, JdkDescriptors jdk, NanoClock clock) {
        this.directory = directory;
        this.jdk = jdk;
        this.clock = clock;
        boolean believed = false;
        for (int look = 0; look < LOOKS && !believed; look++) {
            this.lastCount = jdk.count();
            believed = believable(directory.length(), lastCount);
        }
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
            lastCount = jdk.count();
        }
        long count = lastCount;
        // Could not count for want of a descriptor: then as many are open as may be.
        return count == JdkDescriptors.NONE_LEFT ? jdk.limit() : count;
    }

    @Override
    public long limit() {
        return jdk.limit();
    }

    /** True if {@link #used} is exact at any moment; false if it is up to a second old. */
    boolean exact() {
        return sizeIsCount;
    }
}
