/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The one table of meters, and its text for Prometheus.
 *
 * <p>In: snapshot, status and counters. Out: names, tags, units, values.
 */
@NullMarked
package io.tcpguard.internal.meters;

import org.jspecify.annotations.NullMarked;
