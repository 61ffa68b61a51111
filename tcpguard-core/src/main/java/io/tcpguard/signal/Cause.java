/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.signal;

/** Why a signal could not be read. */
public enum Cause {
    /** This is not Linux, or there is no {@code /proc}. */
    NOT_LINUX,
    /** This kernel or container does not offer the source: too old, not compiled in, or hidden from a namespace. */
    NOT_SUPPORTED,
    /** The source exists but this user may not read it. */
    NOT_READABLE,
    /** Reading needed a descriptor, and none was left. Counts as pressure 1, not as unknown. */
    OUT_OF_DESCRIPTORS,
    /** The source said something that does not parse; a wrong number is never guessed from it. */
    MALFORMED,
    /** What the signal is about does not exist (yet, or any more): no listener, no probe task. */
    NOTHING_TO_WATCH,
    /** The probe itself failed. */
    FAILED
}
