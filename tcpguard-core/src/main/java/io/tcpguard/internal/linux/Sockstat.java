/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/**
 * The line about TCP in {@code sockstat} or {@code sockstat6} (net/ipv4/proc.c, {@code sockstat_seq_show}), read once
 * for all probes that ask at the same time.
 */
final class Sockstat {
    private final ProcFile file;
    private final byte[] label;
    private final byte[][] names;
    private final long[] values;
    private final ProcText text = new ProcText();

    private boolean read;
    private boolean good;
    private long readNanos;

    /** @param names what stands in the line, in the kernel's order; more may follow */
    Sockstat(ProcFile file, String label, String... names) {
        this.file = file;
        this.label = ProcText.ascii(label);
        this.names = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            this.names[i] = ProcText.ascii(names[i]);
        }
        this.values = new long[names.length];
    }

    /** The line of IPv4, which counts those in TIME_WAIT, orphans and memory of IPv6 too. */
    static Sockstat ofTcp(ProcFile sockstat) {
        return new Sockstat(sockstat, "TCP:", "inuse", "orphan", "tw", "alloc", "mem");
    }

    /** The line of IPv6. */
    static Sockstat ofTcp6(ProcFile sockstat6) {
        return new Sockstat(sockstat6, "TCP6:", "inuse");
    }

    KernelValue inUse() {
        return figure(0);
    }

    KernelValue orphans() {
        return figure(1);
    }

    KernelValue timeWait() {
        return figure(2);
    }

    /** Memory of all buffers, in pages. */
    KernelValue pages() {
        return figure(4);
    }

    /** The number behind the name at that index. */
    KernelValue figure(int index) {
        return new Named(index);
    }

    private boolean refresh(long nowNanos) {
        if (!read || nowNanos != readNanos) {
            read = true;
            readNanos = nowNanos;
            good = file.read(nowNanos) && parsed();
        }
        return good;
    }

    private boolean parsed() {
        text.over(file);
        if (findLine() && line()) {
            return true;
        }
        file.malformed();
        return false;
    }

    private boolean findLine() {
        while (!text.take(label)) {
            if (!text.nextLine()) {
                return false;
            }
        }
        return true;
    }

    private boolean line() {
        for (int i = 0; i < names.length; i++) {
            if (!text.takeBlanks() || !text.take(names[i]) || !text.takeBlanks()) {
                return false;
            }
            values[i] = text.number();
            if (values[i] == ProcText.NONE) {
                return false;
            }
        }
        return text.nextLine();
    }

    private final class Named implements KernelValue {
        private final int index;

        Named(int index) {
            this.index = index;
        }

        @Override
        public long at(long nowNanos) {
            return refresh(nowNanos) ? values[index] : ProcText.NONE;
        }

        @Override
        public @Nullable ReadFailure trouble() {
            return file.trouble();
        }
    }
}
