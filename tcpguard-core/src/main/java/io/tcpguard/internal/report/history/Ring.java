/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.history;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** The last rows of numbers. One thread writes, and allocates nothing; any thread copies, and keeps nobody waiting. */
final class Ring {
    /** Rows that may be written while somebody copies; such a one is left out. */
    private static final int MARGIN = 4;

    private final int columns;
    private final int rows;
    private final int[] values;
    private volatile long written;

    Ring(int columns, int kept) {
        this.columns = columns;
        rows = kept + MARGIN;
        values = new int[columns * rows];
    }

    void add(int[] row) {
        long next = written;
        System.arraycopy(row, 0, values, slot(next), columns);
        written = next + 1;
    }

    /** The rows that are kept, the oldest first, one behind the other. */
    int[] copy() {
        long end = written;
        long begin = Math.max(0, end - (rows - MARGIN));
        int[] copied = new int[(int) (end - begin) * columns];
        for (long row = begin; row < end; row++) {
            System.arraycopy(values, slot(row), copied, (int) (row - begin) * columns, columns);
        }
        // All that was copied was read before this; what was written over meanwhile was the oldest, the row in progress
        // too.
        VarHandle.acquireFence();
        long lost = Math.max(0, Math.min(end - begin, written + 1 - rows - begin));
        return lost == 0 ? copied : Arrays.copyOfRange(copied, (int) lost * columns, copied.length);
    }

    private int slot(long row) {
        return (int) (row % rows) * columns;
    }
}
