/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** What the guard costs, beside what others cost. */
@NullMarked
package io.tcpguard.benchmarks;

import org.jspecify.annotations.NullMarked;
