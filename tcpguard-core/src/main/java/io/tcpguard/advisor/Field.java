/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.OptionalLong;

/** Which number of a setting's text a rule is about. */
enum Field {
    FIRST,
    LAST,
    /** Last minus first plus one: how many a range holds. */
    WIDTH;

    /** The number; empty if the text has other things than whole numbers in that place. */
    OptionalLong of(String text) {
        String[] parts = text.strip().split("\\s+", -1);
        try {
            long first = Long.parseLong(parts[0]);
            long last = Long.parseLong(parts[parts.length - 1]);
            return OptionalLong.of(
                    switch (this) {
                        case FIRST -> first;
                        case LAST -> last;
                        case WIDTH -> last - first + 1;
                    });
        } catch (NumberFormatException notNumbers) {
            return OptionalLong.empty();
        }
    }
}
