/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** In: requests. Out: a greeting. */
@NullMarked
package io.tcpguard.spring.app;

import org.jspecify.annotations.NullMarked;
