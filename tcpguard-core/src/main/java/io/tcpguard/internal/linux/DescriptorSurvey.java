/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.NanoClock;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What this process's descriptors are, for a person who looks for a leak: by the names that {@code
 * /proc/self/fd} has for them (proc_pid_fd(5)). Readlink opens nothing, so it works with no descriptor left. Whom
 * sockets lead to stands in the kernel's tables, of which one is open at a time while a few descriptors are left. Needs
 * no privilege. Takes some microseconds for each descriptor that it looks at, and not much more than the time it is
 * given. Any thread, one survey at a time.
 */
public final class DescriptorSurvey {
    /** More are not looked at: of a multitude each n-th, and the number is an estimate. */
    static final int MOST = 8192;

    /** What must be left beside the one that is opened. */
    private static final long SPARED = 8;

    private static final int CLOCK_EVERY = 64;

    private final File proc;
    private final boolean linux;
    private final DescriptorCount descriptors;
    private final NanoClock clock;

    DescriptorSurvey(File proc, boolean linux, DescriptorCount descriptors, NanoClock clock) {
        this.proc = proc;
        this.linux = linux;
        this.descriptors = descriptors;
        this.clock = clock;
    }

    /**
     * Looks. Throws nothing: what can't be seen is not in it.
     *
     * @param budgetNanos after which it takes what it has for a sample of the whole
     */
    public synchronized SurveyedDescriptors take(long budgetNanos) {
        if (!linux) {
            return SurveyedDescriptors.NONE;
        }
        return new Look(clock.nanoTime() + budgetNanos).take();
    }

    private final class Look {
        private final long deadline;
        private final Map<DescriptorKey, Integer> found = new HashMap<>();
        private final Set<Long> sockets = new HashSet<>();

        Look(long deadline) {
            this.deadline = deadline;
        }

        SurveyedDescriptors take() {
            long open = descriptors.used();
            long stride = Math.max(1, open / MOST);
            long seen = 0;
            long gaps = 0;
            // The kernel gives out the lowest number that is free, so nearly all lie below their count.
            long most = open < 0 ? MOST : 2 * open + 256;
            boolean sample = stride > 1;
            long fd = 0;
            for (; fd < most && (open < 0 || seen * stride < open); fd += stride) {
                if ((seen + gaps) % CLOCK_EVERY == 0 && late()) {
                    sample = true;
                    break;
                }
                if (look(fd)) {
                    seen++;
                } else {
                    gaps++;
                }
            }
            if (!sockets.isEmpty()) {
                new SocketNames(proc, this::mayOpen, this::late).name(sockets, found);
            }
            return SurveyedDescriptors.of(found, !sample || seen == 0 || open < seen ? 1 : (double) open / seen);
        }

        private boolean look(long fd) {
            try {
                String name = Files.readSymbolicLink(Path.of(proc.getPath(), "self/fd", Long.toString(fd)))
                        .toString();
                long inode = DescriptorKey.socketInode(name);
                if (inode >= 0) {
                    sockets.add(inode);
                } else {
                    found.merge(DescriptorKey.ofName(name), 1, Integer::sum);
                }
                return true;
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException | RuntimeException e) {
                // Not to be seen; it is open all the same.
                found.merge(DescriptorKey.UNSEEN, 1, Integer::sum);
                return true;
            }
        }

        private boolean mayOpen() {
            long limit = descriptors.limit();
            long open = descriptors.used();
            return limit < 0 || open < 0 || limit - open > SPARED;
        }

        private boolean late() {
            return clock.nanoTime() - deadline >= 0;
        }
    }
}
