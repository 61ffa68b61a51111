/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** What the tests of all modules share. */
@NullMarked
package io.tcpguard.testkit;

import org.jspecify.annotations.NullMarked;
