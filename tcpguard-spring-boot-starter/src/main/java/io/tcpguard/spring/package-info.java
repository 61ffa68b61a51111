/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Spring Boot, whatever the web server: the dependency on the starter is enough.
 *
 * <p>In: the environment's {@code tcpguard.*} properties, the application's readiness, the factory of its web server.
 * Out: one guard, guarded servers, readiness in step with the verdict, meters. Never liveness: a restart cures no
 * flood.
 *
 * <p>One binary for Boot 3.5 and 4.x: nothing here names a type that moved between them. The calls on a server's
 * factory, whose own type did move, are made by name.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.spring;

import org.jspecify.annotations.NullMarked;
