/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** Text for programs and for terminals: one JSON writer, one escaping of what strangers say. */
@NullMarked
package io.tcpguard.internal.text;

import org.jspecify.annotations.NullMarked;
