/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * "What happened?": an episode of trouble is recorded while it goes on, and told in plain words. Entry points: {@link
 * io.tcpguard.internal.report.incident.FlightRecorder}, {@link io.tcpguard.internal.report.incident.IncidentReport}.
 *
 * <p>In: transitions, refusals, the kernel's counters. Out: a text. No promise is made to users of this package.
 */
@NullMarked
package io.tcpguard.internal.report.incident;

import org.jspecify.annotations.NullMarked;
