/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What people are told: transitions to listeners and to the log, signals lost and found, periodic diagnostics, the
 * advisor's word.
 *
 * <p>In: snapshots. Out: log lines, texts. Nothing here decides about a connection or health. No promise is made to
 * users of this package.
 */
@NullMarked
package io.tcpguard.internal.report;

import org.jspecify.annotations.NullMarked;
