/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import java.util.Map;

/** The backlogs in force of listening sockets, which no file of {@code /proc} does. */
@FunctionalInterface
interface Backlogs {
    /** By local port, the smallest where several sockets listen on one; empty if it can't be known. */
    Map<Integer, Long> byPort();
}
