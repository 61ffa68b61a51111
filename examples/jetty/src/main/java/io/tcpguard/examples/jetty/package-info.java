/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * An adapter for Jetty 12.1, on what the core exports: a connector under guard, and the handler that says when work is
 * in progress.
 */
@NullMarked
package io.tcpguard.examples.jetty;

import org.jspecify.annotations.NullMarked;
