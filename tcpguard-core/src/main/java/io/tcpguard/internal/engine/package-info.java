/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Judgement: readings in, one snapshot out. Pure steps, driven by one thread; time comes in as an argument. Door:
 * {@link io.tcpguard.internal.engine.Engine}.
 *
 * <p>In: readings, own connections, what listeners say. Out: {@link io.tcpguard.state.GuardSnapshot}.
 */
@NullMarked
package io.tcpguard.internal.engine;

import org.jspecify.annotations.NullMarked;
