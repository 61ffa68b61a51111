/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The guard's numbers for Micrometer (an optional dependency).
 *
 * <p>In: a guard. Out: meters.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.metrics;

import org.jspecify.annotations.NullMarked;
