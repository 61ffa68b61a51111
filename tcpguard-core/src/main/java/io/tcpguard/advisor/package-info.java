/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Advice: the kernel settings and limits that decide how much a server can take, judged where it runs and explained.
 *
 * <p>In: {@code /proc}, the listeners. Out: {@link io.tcpguard.advisor.Finding}s and texts. Nothing in here changes a
 * setting. Entry point: {@link io.tcpguard.advisor.Advisor}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.advisor;

import org.jspecify.annotations.NullMarked;
