/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.spi.ConnectionHandle;

/** The handle of a connection that nobody guards. */
final class NoOpConnectionHandle implements ConnectionHandle {
    static final ConnectionHandle HANDLE = new NoOpConnectionHandle();

    private NoOpConnectionHandle() {}

    @Override
    public boolean begin() {
        return true;
    }

    @Override
    public void end() {}

    @Override
    public void touch() {}

    @Override
    public void keep() {}

    @Override
    public boolean working() {
        return false;
    }

    @Override
    public boolean claim() {
        return true;
    }

    @Override
    public void closed() {}
}
