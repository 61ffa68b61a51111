/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Tomcat's side of the guard: mechanics only, one binary for Tomcat 9.0.72+, 10.1.6+ and 11.0+.
 *
 * <p>In: Tomcat's accepts, socket events, requests and life cycle. Out: refusals at accept, closed idle connections,
 * 503 answers. Who is refused or closed, and when, is decided in {@link io.tcpguard.spi}.
 *
 * <p>So that one binary links everywhere, nothing here names a servlet type, {@code AbstractProtocol.getEndpoint()}
 * (its return type changed in Tomcat 11) or an {@code Abstract…Jsse…} type (gone in Tomcat 11). A test reads the class
 * files for it.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.tomcat;

import org.jspecify.annotations.NullMarked;
