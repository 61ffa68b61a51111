/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Settings: one table of names, ranges and defaults that the builder, {@code server.xml} and property files share.
 *
 * <p>In: text or values. Out: {@link io.tcpguard.config.GuardConfig}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.config;

import org.jspecify.annotations.NullMarked;
