/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * Facts: what the kernel or the server said, or why it is not known. Nothing in here judges.
 *
 * <p>In: nothing. Out: {@link io.tcpguard.signal.Reading}s; for a person's question a {@link
 * io.tcpguard.signal.Census}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.tcpguard.signal;

import org.jspecify.annotations.NullMarked;
