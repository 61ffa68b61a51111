/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Probe → reading → snapshot, on one thread: the sampler, what it reads in a cycle, and the readings that come from the
 * process itself (work's delay, outgoing connects). Entry point: {@link io.tcpguard.internal.sampling.SamplingCycle}.
 *
 * <p>In: probes, listeners, the time. Out: one snapshot a cycle. No promise is made to users of this package.
 */
@NullMarked
package io.tcpguard.internal.sampling;

import org.jspecify.annotations.NullMarked;
