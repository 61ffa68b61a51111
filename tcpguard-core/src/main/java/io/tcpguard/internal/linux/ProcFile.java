/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code /proc} that is opened once and read again and again from its start: the kernel makes the text anew
 * each time, and no descriptor is needed any more.
 *
 * <p>A {@link RandomAccessFile}, since a FileChannel closes itself for good when its reader is interrupted. One read
 * with room to spare, since {@code /proc/sys} answers a second read with "end of file" whatever the first one took
 * (fs/proc/proc_sysctl.c, kernel/sysctl.c).
 */
final class ProcFile implements Closeable {
    private static final int SMALLEST_BUFFER = 128;
    private static final int PAGE = 4096;
    private static final int LARGEST_BUFFER = 1 << 16;
    private static final long REOPEN_NANOS = 1_000_000_000L;

    private final File path;
    private final DescriptorCount descriptors;
    private final boolean headOnly;
    /** Not held open: what it said when it was opened stands. */
    private final boolean once;

    private boolean kept;
    private final ReadFailure unreadable;
    private final ReadFailure outgrown;
    private final ReadFailure malformed;
    private final ReadFailure exhausted;

    private @Nullable RandomAccessFile file;
    private byte[] buffer;
    private int length;
    private @Nullable ReadFailure trouble;
    private boolean triedAgain;
    private long triedNanos;

    private ProcFile(File path, DescriptorCount descriptors, boolean headOnly, int size, boolean opens, boolean once) {
        this.once = once;
        this.path = path;
        this.descriptors = descriptors;
        this.headOnly = headOnly;
        this.buffer = new byte[size];
        this.unreadable = new ReadFailure(Cause.FAILED, path + ": the read failed");
        this.outgrown = new ReadFailure(Cause.MALFORMED, path + ": longer than when it was opened");
        this.malformed = new ReadFailure(Cause.MALFORMED, path + ": not the text that was expected");
        this.exhausted = new ReadFailure(Cause.OUT_OF_DESCRIPTORS, path + ": no descriptor was left to open it");
        if (opens) {
            open();
        } else {
            trouble = unreadable;
        }
    }

    /** One that is never opened and can't be read: where descriptors are too few. */
    static ProcFile none(File path, DescriptorCount descriptors) {
        return new ProcFile(path, descriptors, false, SMALLEST_BUFFER, false, false);
    }

    /** One that is read whole and closed again: a setting, where descriptors are few. Its text stands. */
    static ProcFile once(File path, DescriptorCount descriptors) {
        return new ProcFile(path, descriptors, false, SMALLEST_BUFFER, true, true);
    }

    /** Opens a file that is read whole, if it can be opened; never throws. */
    static ProcFile whole(File path, DescriptorCount descriptors) {
        return new ProcFile(path, descriptors, false, SMALLEST_BUFFER, true, false);
    }

    /** Opens a table of which only the first page is asked for: the kernel makes no more text than that. */
    static ProcFile head(File path, DescriptorCount descriptors) {
        return new ProcFile(path, descriptors, true, PAGE, true, false);
    }

    /** Reads the text; false if that was not possible, and then {@link #trouble()} says why. */
    boolean read(long nowNanos) {
        RandomAccessFile open = file;
        if (kept) {
            trouble = null;
            return true;
        }
        if (open == null) {
            return reopened(nowNanos) && read(nowNanos);
        }
        try {
            length = readFromStart(open);
        } catch (IOException e) {
            return failed(unreadable);
        }
        if (!headOnly && length == buffer.length) {
            return failed(outgrown);
        }
        trouble = null;
        return true;
    }

    /**
     * Adds what follows the text so far: the kernel gives tables out by the page (fs/seq_file.c, {@code
     * seq_read_iter}). Returns the bytes added: 0 at the end, -1 if it can't be read or is longer than 64 KiB.
     */
    int readOn() {
        RandomAccessFile open = file;
        if (open == null || !makeRoom()) {
            return -1;
        }
        try {
            int added = Math.max(0, open.read(buffer, length, buffer.length - length));
            length += added;
            return added;
        } catch (IOException e) {
            failed(unreadable);
            return -1;
        }
    }

    private boolean makeRoom() {
        if (buffer.length - length >= PAGE) {
            return true;
        }
        if (buffer.length >= LARGEST_BUFFER) {
            return false;
        }
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
        return true;
    }

    /** Why the last {@link #read} or {@link #malformed()} failed; null if it did not. */
    @Nullable ReadFailure trouble() {
        return trouble;
    }

    /** The parser's complaint about the text of the last read. */
    ReadFailure malformed() {
        trouble = malformed;
        return malformed;
    }

    /** The text of the last read, from 0 to {@link #length()}. Shared, not copied. */
    byte[] bytes() {
        return buffer;
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        RandomAccessFile open = file;
        file = null;
        kept = false;
        trouble = unreadable;
        if (open != null) {
            closeQuietly(open);
        }
    }

    private boolean failed(ReadFailure why) {
        length = 0;
        trouble = why;
        return false;
    }

    /**
     * Only for a guard that was started with no descriptor left: it would stay blind for good. At most once a second.
     */
    private boolean reopened(long nowNanos) {
        boolean exhaustedThen = trouble != null && trouble.cause() == Cause.OUT_OF_DESCRIPTORS;
        boolean tooSoon = triedAgain && nowNanos - triedNanos < REOPEN_NANOS;
        if (!exhaustedThen || tooSoon) {
            return false;
        }
        triedAgain = true;
        triedNanos = nowNanos;
        open();
        return file != null || kept;
    }

    private void open() {
        RandomAccessFile opened = null;
        try {
            opened = new RandomAccessFile(path, "r");
            growToFit(opened);
            trouble = null;
            if (once) {
                length = readFromStart(opened);
                kept = true;
                opened.close();
            } else {
                file = opened;
            }
        } catch (IOException e) {
            if (opened != null) {
                closeQuietly(opened);
                trouble = new ReadFailure(Cause.NOT_READABLE, path + ": " + e.getMessage());
            } else {
                trouble = whyNotOpened();
            }
        }
    }

    private void growToFit(RandomAccessFile opened) throws IOException {
        int read = readFromStart(opened);
        while (!headOnly && read > buffer.length / 2 && buffer.length < LARGEST_BUFFER) {
            // Twice what is there now: counters get longer by digits, not by columns.
            buffer = new byte[buffer.length * 2];
            read = readFromStart(opened);
        }
    }

    private int readFromStart(RandomAccessFile from) throws IOException {
        from.seek(0);
        return Math.max(0, from.read(buffer, 0, headOnly ? PAGE : buffer.length));
    }

    /** By asking the system rather than by the message, which speaks the user's language. */
    private ReadFailure whyNotOpened() {
        if (!path.exists()) {
            return new ReadFailure(Cause.NOT_SUPPORTED, path + ": not there");
        }
        if (!path.canRead()) {
            return new ReadFailure(Cause.NOT_READABLE, path + ": no permission");
        }
        long limit = descriptors.limit();
        boolean full = limit >= 0 && descriptors.used() >= limit;
        return full ? exhausted : new ReadFailure(Cause.NOT_READABLE, path + ": could not be opened");
    }

    private static void closeQuietly(RandomAccessFile open) {
        try {
            open.close();
        } catch (IOException e) {
            // Nothing was written, so nothing is lost; the descriptor is gone either way (close(2)).
            return;
        }
    }
}
