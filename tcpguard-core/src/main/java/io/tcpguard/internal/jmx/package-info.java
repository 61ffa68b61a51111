/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * A guard as an MXBean.
 *
 * <p>In: snapshot, status, counters and what an operator may do. Out: a registration that is undone.
 */
@NullMarked
package io.tcpguard.internal.jmx;

import org.jspecify.annotations.NullMarked;
