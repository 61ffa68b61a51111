/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/** The handle of a connection that nobody guards: all work may begin, and nothing is kept. */
public final class NoOpConnectionHandle implements ConnectionHandle {
    /** There is nothing to tell two apart. */
    public static final ConnectionHandle INSTANCE = new NoOpConnectionHandle();

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
    public void exemptFromEviction() {}

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
