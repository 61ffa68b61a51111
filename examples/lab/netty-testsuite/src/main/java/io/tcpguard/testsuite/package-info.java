/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** Netty's own transport tests on guarded bootstraps. */
@org.jspecify.annotations.NullMarked
package io.tcpguard.testsuite;
