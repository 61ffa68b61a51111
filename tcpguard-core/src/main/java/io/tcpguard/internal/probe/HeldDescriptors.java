/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

/**
 * Descriptors of one kind and place.
 *
 * @param what for a person, fit for a log and a page: {@code sockets to 10.0.0.5:5432}
 * @param count how many there are; an estimate where there are very many
 * @param more how many more than at the look that this one is compared with; below 0: fewer
 */
public record HeldDescriptors(String what, long count, long more) {

    /** For a line in a log. */
    public String inWords() {
        return count + " " + what + (more > 0 && more < count ? " (" + more + " of them new)" : "");
    }
}
