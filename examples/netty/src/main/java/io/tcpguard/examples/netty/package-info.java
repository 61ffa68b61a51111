/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** A server on Netty under guard, in as few lines as it takes. */
@NullMarked
package io.tcpguard.examples.netty;

import org.jspecify.annotations.NullMarked;
