/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Events for the JDK's Flight Recorder.
 *
 * <p>In: snapshots and counters. Out: {@code io.tcpguard.*} in a recording, if one runs.
 */
@NullMarked
package io.tcpguard.internal.jfr;

import org.jspecify.annotations.NullMarked;
