/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** A Tomcat under guard, in as few lines as it takes. */
@NullMarked
package io.tcpguard.examples.tomcat;

import org.jspecify.annotations.NullMarked;
