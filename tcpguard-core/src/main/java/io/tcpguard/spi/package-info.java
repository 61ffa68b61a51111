/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What an adapter asks for each connection. The policy is here, once; how to close, reset or answer is the adapter's.
 *
 * <p>In: accepts, requests, closes. Out: decisions and evictions.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.spi;

import org.jspecify.annotations.NullMarked;
