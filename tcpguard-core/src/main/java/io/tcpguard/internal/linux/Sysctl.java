/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/** One number of a line of numbers, as {@code /proc/sys} has them; kept for a while where an administrator sets it. */
final class Sysctl implements KernelValue {
    /** For a number that an administrator sets: a second late is soon enough, and each look costs 1 to 2 µs. */
    static final long SETTING_MAX_AGE_NANOS = 1_000_000_000L;

    private final ProcFile file;
    private final int column;
    private final int columns;
    private final long maxAgeNanos;
    private final ProcText text = new ProcText();

    private boolean known;
    private long value = ProcText.NONE;
    private long readNanos;

    private Sysctl(ProcFile file, int column, int columns, long maxAgeNanos) {
        this.file = file;
        this.column = column;
        this.columns = columns;
        this.maxAgeNanos = maxAgeNanos;
    }

    /** A number that moves by itself: read each time. */
    static Sysctl count(ProcFile file, int column, int columns) {
        return new Sysctl(file, column, columns, 0);
    }

    /** A number that stays until somebody sets it: read at most once a second. */
    static Sysctl setting(ProcFile file, int column, int columns) {
        return new Sysctl(file, column, columns, SETTING_MAX_AGE_NANOS);
    }

    @Override
    public long at(long nowNanos) {
        if (!known || maxAgeNanos == 0 || nowNanos - readNanos >= maxAgeNanos) {
            value = read(nowNanos);
            known = value != ProcText.NONE;
            readNanos = nowNanos;
        }
        return value;
    }

    @Override
    public @Nullable ReadFailure trouble() {
        return file.trouble();
    }

    private long read(long nowNanos) {
        if (!file.read(nowNanos)) {
            return ProcText.NONE;
        }
        text.over(file);
        long wanted = line();
        if (wanted == ProcText.NONE) {
            file.malformed();
        }
        return wanted;
    }

    private long line() {
        long wanted = ProcText.NONE;
        for (int i = 0; i < columns; i++) {
            if (i > 0 && !text.takeBlanks()) {
                return ProcText.NONE;
            }
            long number = text.number();
            if (number == ProcText.NONE) {
                return ProcText.NONE;
            }
            if (i == column) {
                wanted = number;
            }
        }
        return text.take('\n') && text.atEnd() ? wanted : ProcText.NONE;
    }
}
