/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The kernel's texts and calls, turned into readings. Entry point: {@link io.tcpguard.internal.linux.LinuxProbes}.
 *
 * <p>In: files held open, stat, getsockopt. Out: {@link io.tcpguard.signal.Reading}s. No promise is made to users of
 * this package.
 */
@NullMarked
package io.tcpguard.internal.linux;

import org.jspecify.annotations.NullMarked;
