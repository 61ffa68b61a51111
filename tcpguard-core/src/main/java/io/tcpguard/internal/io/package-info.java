/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The guard's one I/O thread: it tells the load balancer the verdict, answers refused connections, and runs what must
 * not run on the sampler. Entry point: {@link io.tcpguard.internal.io.IoThread}.
 *
 * <p>In: the newest snapshot, refused connections, tasks. Out: answers, and who checks ({@link
 * io.tcpguard.internal.io.Checkers}). No promise is made to users of this package.
 */
@NullMarked
package io.tcpguard.internal.io;

import org.jspecify.annotations.NullMarked;
