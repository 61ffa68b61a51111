/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The demo: the same users and the same flood on a stock server and on a guarded one, watched side by side.
 *
 * <p>In: {@code login-server.jar}. Out: a live view, a table, a picture, and an exit code that says whether the guard
 * kept its promises. {@code Demo} is the door, {@code Run} the flow: children → load, checks → seconds → promises →
 * table, picture.
 */
@NullMarked
package io.tcpguard.examples.demo;

import org.jspecify.annotations.NullMarked;
