/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** Other people's clients and load tools against guarded and stock servers. */
@org.jspecify.annotations.NullMarked
package io.tcpguard.clients;
