/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.spi.GuardLog;

/** The logger of this package. */
final class NettyLog {
    static final GuardLog LOG = GuardLog.of("io.tcpguard.netty");

    private NettyLog() {}
}
