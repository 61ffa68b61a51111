/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * In: requests. Out: a greeting, from a Spring Boot application, MVC or WebFlux, that is guarded by its dependencies
 * alone.
 */
@NullMarked
package io.tcpguard.examples.springboot;

import org.jspecify.annotations.NullMarked;
