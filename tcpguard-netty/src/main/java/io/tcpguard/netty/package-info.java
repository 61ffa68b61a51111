/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Puts Netty servers under guard: {@link io.tcpguard.netty.NettyGuard} is the door.
 *
 * <p>In: accepted channels, bytes and requests. Out: refusals, evictions, and what the core is told about work in
 * progress. The policy is the core's; here are only Netty's mechanics.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.netty;

import org.jspecify.annotations.NullMarked;
