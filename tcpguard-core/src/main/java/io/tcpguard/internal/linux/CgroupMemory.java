/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.MemoryUse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Memory of this process's container, without what the kernel can take back at once: the page cache of files
 * (mm/vmscan.c) and slabs that shrink. Of several groups the one with the lowest limit counts; which that is, and
 * whether there is any, is looked up now and then, since limits can be set at run time. Of that one the limit is read
 * each time; the parts of what is in use, whose sum costs the kernel more, only near the limit and once a second. Holds
 * three files open where memory is limited, and else none.
 */
final class CgroupMemory implements MemoryUse {
    private static final long PARTS_EVERY = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_EVERY = TimeUnit.SECONDS.toNanos(10);
    private static final double NEAR = 0.75;
    private static final double REFUSE_AT = 0.97;

    /** The kernel ends the process at once that passes it: by a collection, a thread's stack, four chunks of Netty. */
    private static final long LEAST_LEFT = 16L << 20;

    private static final byte[] MAX = ProcText.ascii("max");
    private static final byte[][] RECLAIMABLE = {
        ProcText.ascii("inactive_file"), ProcText.ascii("active_file"), ProcText.ascii("slab_reclaimable")
    };
    /** Of version 1 with all groups below it. */
    private static final byte[][] RECLAIMABLE_FIRST = {
        ProcText.ascii("total_inactive_file"), ProcText.ascii("total_active_file")
    };

    private final List<CgroupDirectory> groups;
    private final DescriptorCount descriptors;
    private final ProcText text = new ProcText();
    /** Null: none of them is limited. */
    private @Nullable Group lowest;

    private boolean closed;
    private long max = Long.MAX_VALUE;
    private long reclaimable;
    private long partsAt;
    private long lookedAt;
    private boolean partsRead;

    /** The files of one group, held open. */
    private record Group(CgroupDirectory directory, ProcFile limit, ProcFile current, ProcFile stat) {
        static Group open(CgroupDirectory cgroup, DescriptorCount descriptors) {
            boolean second = cgroup.second();
            return new Group(
                    cgroup,
                    ProcFile.whole(cgroup.file(second ? "memory.max" : "memory.limit_in_bytes"), descriptors),
                    ProcFile.whole(cgroup.file(second ? "memory.current" : "memory.usage_in_bytes"), descriptors),
                    ProcFile.whole(cgroup.file("memory.stat"), descriptors));
        }

        byte[][] parts() {
            return directory.second() ? RECLAIMABLE : RECLAIMABLE_FIRST;
        }

        void close() {
            limit.close();
            current.close();
            stat.close();
        }
    }

    /** @param groups the process's own and those above it; none: memory is accounted nowhere */
    CgroupMemory(List<CgroupDirectory> groups, DescriptorCount descriptors, long now) {
        lookedAt = now;
        this.groups = groups;
        this.descriptors = descriptors;
        look();
    }

    /** Whether {@link #look} is due; then the caller must have it run. One thread. */
    boolean lookDue(long now) {
        if (groups.isEmpty() || now - lookedAt < LOOK_EVERY) {
            return false;
        }
        lookedAt = now;
        return true;
    }

    /** Looks which limit is the lowest now. Opens files: not for the sampling path. */
    void look() {
        CgroupDirectory now;
        try {
            now = CgroupDirectory.lowest(groups);
        } catch (IOException e) {
            return; // No descriptor was left for it, as a rule: what was found last stands.
        }
        synchronized (this) {
            Group before = lowest;
            if (closed || Objects.equals(now, before == null ? null : before.directory)) {
                return;
            }
            lowest = now == null ? null : Group.open(now, descriptors);
            partsRead = false;
            if (before != null) {
                before.close();
            }
        }
    }

    @Override
    public String name() {
        return "container";
    }

    @Override
    public synchronized long usedBytes(long now) {
        Group group = lowest;
        max = group == null ? Long.MAX_VALUE : readLimit(group.limit, now);
        if (group == null || max == Long.MAX_VALUE || !group.current.read(now)) {
            return -1;
        }
        text.over(group.current);
        long used = text.number();
        if (used < 0) {
            return -1;
        }
        if (used < NEAR * max) {
            return used;
        }
        if (!partsRead || now - partsAt >= PARTS_EVERY) {
            partsRead = true;
            partsAt = now;
            reclaimable = readParts(group, now);
        }
        return Math.max(0, used - reclaimable);
    }

    private long readLimit(ProcFile limit, long now) {
        if (!limit.read(now)) {
            return Long.MAX_VALUE;
        }
        text.over(limit);
        if (text.take(MAX)) {
            return Long.MAX_VALUE;
        }
        long bytes = text.number();
        return bytes <= 0 || bytes >= CgroupDirectory.NO_LIMIT ? Long.MAX_VALUE : bytes;
    }

    /** 0 if it can't be told: then all that is in use counts. */
    private long readParts(Group group, long now) {
        if (!group.stat.read(now)) {
            return 0;
        }
        text.over(group.stat);
        long sum = 0;
        do {
            sum += part(group.parts());
        } while (text.nextLine());
        return sum;
    }

    private long part(byte[][] parts) {
        int start = text.position();
        for (byte[] name : parts) {
            if (text.take(name) && text.takeBlanks()) {
                return Math.max(0, text.number());
            }
            text.moveTo(start);
        }
        return 0;
    }

    @Override
    public synchronized long maxBytes() {
        return max;
    }

    @Override
    public synchronized long admissionThreshold() {
        return Math.max(max / 2, Math.min((long) (max * REFUSE_AT), max - LEAST_LEFT));
    }

    @Override
    public boolean measuredAnew() {
        return false;
    }

    synchronized void close() {
        closed = true;
        if (lowest != null) {
            lowest.close();
        }
    }
}
