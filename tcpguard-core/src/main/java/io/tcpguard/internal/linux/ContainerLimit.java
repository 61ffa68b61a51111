/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much memory a process's container may have. Opens files: not for the sampling path. */
public final class ContainerLimit {
    private ContainerLimit() {}

    /**
     * In bytes, now; empty if there is no limit, or it can't be seen.
     *
     * @param process {@code /proc/self}, or another's
     */
    public static OptionalLong bytes(File process, Path root) {
        try {
            CgroupDirectory cgroup = CgroupDirectory.lowest(CgroupDirectory.onTheWayUp(process, root));
            long limit = cgroup == null ? -1 : cgroup.limit();
            return limit < 0 || limit == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(limit);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
