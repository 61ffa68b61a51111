/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * One whole guard in one thread of virtual time, between a model of the kernel, its server and its clients; faults
 * drawn by seed.
 */
@NullMarked
package io.tcpguard.simulation.guard;

import org.jspecify.annotations.NullMarked;
