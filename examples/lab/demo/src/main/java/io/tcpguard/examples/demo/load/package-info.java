/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The load: users who log in and stay, abnormal clients who sit on their connections, and one thread that plays them
 * all.
 *
 * <p>In: a plan and addresses. Out: connections to those addresses, and {@link io.tcpguard.examples.demo.load.Counts}.
 */
@NullMarked
package io.tcpguard.examples.demo.load;

import org.jspecify.annotations.NullMarked;
