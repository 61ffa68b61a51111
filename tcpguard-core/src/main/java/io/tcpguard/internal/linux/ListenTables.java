/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import java.io.File;
import org.jspecify.annotations.Nullable;

/**
 * {@code tcp6} and {@code tcp}, open while somebody looks for a listener there, and once for all who do: each is a
 * client's slot. Registration and sampler meet here, hence the lock.
 */
final class ListenTables {
    static final int IPV6 = 0;
    static final int IPV4 = 1;

    private final File[] paths;
    private final DescriptorCount descriptors;
    private final ListenTable[] tables = {ListenTable.ipv6(), ListenTable.ipv4()};
    private final @Nullable ProcFile[] files = new ProcFile[2];
    private final int[] users = new int[2];

    /** @param net {@code /proc/self/net} */
    ListenTables(File net, DescriptorCount descriptors) {
        this.paths = new File[] {new File(net, "tcp6"), new File(net, "tcp")};
        this.descriptors = descriptors;
    }

    /** Opens it for one user more. */
    synchronized void open(int family) {
        if (users[family]++ == 0) {
            files[family] = ProcFile.head(paths[family], descriptors);
        }
    }

    /** One user less; closed with the last one. */
    synchronized void close(int family) {
        ProcFile file = files[family];
        if (--users[family] == 0 && file != null) {
            file.close();
            files[family] = null;
        }
    }

    /** The deepest queue on that port, or a constant of {@link ListenTable}. For who has opened it. */
    synchronized long depth(int family, int port, long nowNanos) {
        ProcFile file = files[family];
        return file != null && file.read(nowNanos) ? tables[family].depth(file, port) : ListenTable.NOT_FOUND;
    }

    /** Why the file could not be read; null if it was, or if there is none: then nothing listens there. */
    synchronized @Nullable ReadFailure why(int family, long depth) {
        ProcFile file = files[family];
        if (file == null) {
            return null;
        }
        if (depth == ListenTable.MALFORMED) {
            return file.malformed();
        }
        ReadFailure trouble = file.trouble();
        return trouble == null || trouble.cause() == Cause.NOT_SUPPORTED ? null : trouble;
    }
}
