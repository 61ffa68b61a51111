/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * A login service in one runnable jar, on Tomcat or Netty, with the guard or without it: what the demo and the load
 * balancer tests drive.
 *
 * <p>In: a command line. Out: a server that answers {@code /} and {@code /health} until SIGTERM.
 */
@NullMarked
package io.tcpguard.examples.loginserver;

import org.jspecify.annotations.NullMarked;
