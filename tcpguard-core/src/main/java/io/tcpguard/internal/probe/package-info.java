/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * What a probe is, and what it reads that is not for users. No promise is made to users of this package.
 */
@NullMarked
package io.tcpguard.internal.probe;

import org.jspecify.annotations.NullMarked;
