/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.util.Arrays;

/**
 * Counters of one protocol in {@code netstat} or {@code snmp}: a line of names, a line of numbers under it
 * (net/ipv4/proc.c). The kernel adds names from release to release, so that a column is found by its name, never by its
 * place.
 */
final class CounterTable {
    private final ProcFile file;
    private final byte[] label;
    private final byte[][] names;
    private final int[] columns;
    /** Indexes of those names that this kernel has, by column. */
    private final int[] inOrder;

    private final long[] values;
    private final ProcText text = new ProcText();

    private byte[] header = new byte[0];
    private int width;
    private int present;

    CounterTable(ProcFile file, String label, String... names) {
        this.file = file;
        this.label = ProcText.ascii(label);
        this.names = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            this.names[i] = ProcText.ascii(names[i]);
        }
        this.columns = new int[names.length];
        this.inOrder = new int[names.length];
        this.values = new long[names.length];
    }

    /** Reads the counters anew; false if that was not possible, and then {@code file.trouble()} says why. */
    boolean read(long nowNanos) {
        if (!file.read(nowNanos)) {
            return false;
        }
        text.over(file);
        if (table()) {
            return true;
        }
        file.malformed();
        return false;
    }

    /** The counter of that name at the last {@link #read}; -1 if this kernel does not have it. */
    long value(int index) {
        return values[index];
    }

    private boolean table() {
        while (true) {
            int line = text.position();
            if (text.take(label)) {
                return header(line) && numbers();
            }
            if (!text.nextLine()) {
                return false;
            }
        }
    }

    private boolean header(int start) {
        if (!text.nextLine()) {
            return false;
        }
        int end = text.position();
        // The names never change while a kernel runs; comparing them costs a tenth of finding them.
        if (!Arrays.equals(header, 0, header.length, file.bytes(), start, end)) {
            text.moveTo(start);
            if (!findColumns()) {
                header = new byte[0];
                return false;
            }
            header = Arrays.copyOfRange(file.bytes(), start, end);
        }
        text.moveTo(end);
        return true;
    }

    private boolean findColumns() {
        Arrays.fill(columns, -1);
        present = 0;
        text.take(label);
        int column = 0;
        while (!text.take('\n')) {
            if (!text.takeBlanks()) {
                return false;
            }
            int word = text.position();
            for (int i = 0; i < names.length; i++) {
                text.moveTo(word);
                if (text.take(names[i]) && text.endsWord()) {
                    if (columns[i] >= 0) {
                        return false;
                    }
                    columns[i] = column;
                    inOrder[present++] = i;
                }
            }
            text.moveTo(word);
            if (!text.takeWord()) {
                return false;
            }
            column++;
        }
        width = column;
        return true;
    }

    /** All columns must be there, and numbers; only those that are asked for are worth their digits. */
    private boolean numbers() {
        if (!text.take(label)) {
            return false;
        }
        Arrays.fill(values, ProcText.NONE);
        int column = 0;
        for (int i = 0; i < present; i++) {
            int wanted = inOrder[i];
            if (!text.skipIntegers(columns[wanted] - column) || !text.takeBlanks()) {
                return false;
            }
            long number = text.number();
            if (number == ProcText.NONE) {
                return false;
            }
            values[wanted] = number;
            column = columns[wanted] + 1;
        }
        return text.skipIntegers(width - column) && text.take('\n');
    }
}
