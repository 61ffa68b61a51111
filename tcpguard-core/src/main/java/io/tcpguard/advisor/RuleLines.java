/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Cuts the text of the rules into entries. An entry begins with {@code [setting]}; each line after it is {@code key:
 * text}, a line that begins with blanks continues the one before, and one that begins with # is a remark.
 */
final class RuleLines implements Iterator<RuleEntry> {

    private final List<RuleEntry> entries = new ArrayList<>();
    private int next;

    RuleLines(String text) {
        RuleEntry entry = null;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[") && line.endsWith("]")) {
                entry = new RuleEntry(line.substring(1, line.length() - 1), number);
                entries.add(entry);
            } else if (entry == null) {
                throw new IllegalArgumentException("line " + number + ": " + line + " (expected: [setting])");
            } else if (line.startsWith(" ")) {
                entry.continues(line.strip());
            } else {
                entry.add(line, number);
            }
        }
    }

    @Override
    public boolean hasNext() {
        return next < entries.size();
    }

    @Override
    public RuleEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no rule left");
        }
        return entries.get(next++);
    }
}
