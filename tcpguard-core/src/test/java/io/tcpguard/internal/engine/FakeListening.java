/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

/** A listener of which a test says everything. */
final class FakeListening implements ListenerCondition {
    boolean accepting = true;
    boolean serving = true;
    boolean full;
    long accepts;
    long completed;
    int held;
    int untracked;
    int inHand;

    @Override
    public boolean accepting() {
        return accepting;
    }

    @Override
    public boolean serving() {
        return serving;
    }

    @Override
    public long accepts() {
        return accepts;
    }

    @Override
    public boolean full() {
        return full;
    }

    @Override
    public int untrackedConnections() {
        return untracked;
    }

    @Override
    public int inHand() {
        return inHand;
    }

    @Override
    public int held() {
        return held;
    }

    @Override
    public long completed() {
        return completed;
    }
}
