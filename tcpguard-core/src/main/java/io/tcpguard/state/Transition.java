/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/**
 * A change of level or of the verdict's up/down.
 *
 * @param before the snapshot that was in force
 * @param after the one that is now
 */
public record Transition(GuardSnapshot before, GuardSnapshot after) {

    /** True if health went from up to down or back. */
    public boolean flipped() {
        return before.verdict().up() != after.verdict().up();
    }
}
