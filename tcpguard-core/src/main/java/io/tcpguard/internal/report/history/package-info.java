/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The last ten minutes and the last hour in figures, for a person who looks back: a ring of fixed size in memory.
 *
 * <p>In: the sampler's snapshots and counts. Out: JSON.
 */
@NullMarked
package io.tcpguard.internal.report.history;

import org.jspecify.annotations.NullMarked;
