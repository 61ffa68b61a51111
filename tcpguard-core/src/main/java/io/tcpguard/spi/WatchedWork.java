/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.state.Admission;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** One executor that works for a listener, watched. Got from {@link GuardedListener#watchWork}. */
public interface WatchedWork extends AutoCloseable {
    /**
     * Whether a request that this executor works on may be worked on: refused ({@link Admission#RESPOND}) only while
     * its work waits for so long ({@link io.tcpguard.config.Setting#STALLED_AFTER}) that the client has gone. Peers in
     * {@code allow} always may. One volatile read as a rule.
     *
     * @param source the peer's address; null if not known
     */
    Admission admitRequest(@Nullable InetAddress source);

    /** It works for this listener no more. */
    @Override
    void close();
}
