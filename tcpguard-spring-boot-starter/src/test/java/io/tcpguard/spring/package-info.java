/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** In: an application on either line of Boot, started. Out: what its users, its balancer and its operators see. */
@NullMarked
package io.tcpguard.spring;

import org.jspecify.annotations.NullMarked;
