/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Reactor Netty's part: it keeps its bootstrap to itself, but makes its channels through a public type.
 *
 * <p>In: a server that is not bound yet, or its loop resources. Out: the same, whose server channels have the guard's
 * handler in front.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.netty.reactor;

import org.jspecify.annotations.NullMarked;
