/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What a guard shows of itself by JMX.
 *
 * <p>In: nothing. Out: the interface for clients that make a proxy of it.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.jmx;

import org.jspecify.annotations.NullMarked;
