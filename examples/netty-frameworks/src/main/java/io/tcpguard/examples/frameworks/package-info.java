/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The guard in frameworks that keep Netty's bootstrap to themselves: what each lets the public in by.
 *
 * <p>In: a guard. Out: servers under it.
 */
@NullMarked
package io.tcpguard.examples.frameworks;

import org.jspecify.annotations.NullMarked;
