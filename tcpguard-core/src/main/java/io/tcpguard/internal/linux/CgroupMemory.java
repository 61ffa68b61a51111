/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.MemoryUse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Memory of this process's container, without what the kernel can take back at once: the page cache of files
 * (mm/vmscan.c) and slabs that shrink. Its limit is read each time, since it can be set at run time; the parts of what
 * is in use, whose sum costs the kernel more, only near the limit and once a second. Holds three files open.
 */
final class CgroupMemory implements MemoryUse {
    private static final long PARTS_EVERY = TimeUnit.SECONDS.toNanos(1);
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

    private final @Nullable ProcFile limit;
    private final @Nullable ProcFile current;
    private final @Nullable ProcFile stat;
    private final byte[][] parts;
    private final ProcText text = new ProcText();
    private long max = Long.MAX_VALUE;
    private long reclaimable;
    private long partsAt;
    private boolean partsRead;

    private CgroupMemory(@Nullable CgroupDirectory cgroup, DescriptorCount descriptors) {
        if (cgroup == null) {
            limit = null;
            current = null;
            stat = null;
            parts = RECLAIMABLE;
            return;
        }
        boolean second = cgroup.second();
        parts = second ? RECLAIMABLE : RECLAIMABLE_FIRST;
        limit = ProcFile.whole(cgroup.file(second ? "memory.max" : "memory.limit_in_bytes"), descriptors);
        current = ProcFile.whole(cgroup.file(second ? "memory.current" : "memory.usage_in_bytes"), descriptors);
        stat = ProcFile.whole(cgroup.file("memory.stat"), descriptors);
    }

    /** @param cgroup null: memory is accounted nowhere, or there are too few descriptors to look */
    static CgroupMemory open(@Nullable CgroupDirectory cgroup, DescriptorCount descriptors, long now) {
        CgroupMemory made = new CgroupMemory(cgroup, descriptors);
        made.usedBytes(now);
        return made;
    }

    @Override
    public String name() {
        return "container";
    }

    @Override
    public long usedBytes(long now) {
        max = readLimit(now);
        if (max == Long.MAX_VALUE || current == null || !current.read(now)) {
            return -1;
        }
        text.over(current);
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
            reclaimable = readParts(now);
        }
        return Math.max(0, used - reclaimable);
    }

    private long readLimit(long now) {
        if (limit == null || !limit.read(now)) {
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
    private long readParts(long now) {
        if (stat == null || !stat.read(now)) {
            return 0;
        }
        text.over(stat);
        long sum = 0;
        do {
            sum += part();
        } while (text.nextLine());
        return sum;
    }

    private long part() {
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
    public long maxBytes() {
        return max;
    }

    @Override
    public long admissionThreshold() {
        return Math.max(max / 2, Math.min((long) (max * REFUSE_AT), max - LEAST_LEFT));
    }

    @Override
    public boolean measuredAnew() {
        return false;
    }

    void close() {
        closeIfOpen(limit);
        closeIfOpen(current);
        closeIfOpen(stat);
    }

    private static void closeIfOpen(@Nullable ProcFile file) {
        if (file != null) {
            file.close();
        }
    }
}
