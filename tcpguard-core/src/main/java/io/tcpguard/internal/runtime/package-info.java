/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * A guard that runs: its parts are put together here. Entry points:
 * {@link io.tcpguard.internal.runtime.GuardRuntime}, which opens, starts and closes them, and
 * {@link io.tcpguard.internal.runtime.PublishedSnapshot}, where the sampler leaves what everybody reads.
 *
 * <p>In: settings, listeners, executors, the operator's word. Out: snapshots, decisions, health. No promise is made to
 * users of this package.
 */
@NullMarked
package io.tcpguard.internal.runtime;

import org.jspecify.annotations.NullMarked;
