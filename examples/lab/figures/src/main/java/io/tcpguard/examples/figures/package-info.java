/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What the guard costs and what it is worth, beside what others do: whole servers in processes of their own, under real
 * load.
 *
 * <p>In: nothing but a machine with Linux, and {@code wrk} for the first figure. Out: tables in Markdown on standard
 * output.
 */
@NullMarked
package io.tcpguard.examples.figures;

import org.jspecify.annotations.NullMarked;
