/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Judgements: what the guard thinks of the readings, as values.
 *
 * <p>In: readings. Out: {@link io.tcpguard.state.GuardSnapshot}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.state;

import org.jspecify.annotations.NullMarked;
