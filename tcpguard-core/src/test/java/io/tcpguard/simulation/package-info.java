/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** The shipped engine and policy in virtual time, against a small model of director, users and flood. */
@NullMarked
package io.tcpguard.simulation;

import org.jspecify.annotations.NullMarked;
