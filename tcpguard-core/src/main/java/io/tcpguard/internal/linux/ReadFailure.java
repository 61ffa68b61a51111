/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.signal.Cause;

/** Why a number is not known. Made ahead of need, so that reporting it allocates nothing. */
record ReadFailure(Cause cause, String detail) {}
