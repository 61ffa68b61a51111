/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The one policy about connections: who comes in, who is evicted, how the rest is refused. Door:
 * {@link io.tcpguard.internal.admission.AdmissionPolicy}. Time comes in as an argument or by the coarse clock.
 *
 * <p>In: accepts, requests, the exact descriptor count, the snapshot. Out: decisions, evictions, counts.
 */
@NullMarked
package io.tcpguard.internal.admission;

import org.jspecify.annotations.NullMarked;
