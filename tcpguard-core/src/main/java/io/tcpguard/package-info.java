/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The door: build a {@link io.tcpguard.TcpGuard}, start it, ask it, close it.
 *
 * <p>The map of the whole is one sentence: kernel → probe → reading → pressure → level → actions (admission, reclaim,
 * verdict).
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard;

import org.jspecify.annotations.NullMarked;
