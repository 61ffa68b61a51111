/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.net.InetSocketAddress;

/** Whose peer has closed, by the kernel's table of connections. */
@FunctionalInterface
public interface GonePeers {
    /**
     * Whether the other end of this connection has sent its FIN, was reset or has not acknowledged anything for seconds, and that for two
     * looks a second or more apart. False if nothing is known.
     *
     * @param peer the client's address and port
     * @param localPort the server's
     */
    boolean gone(InetSocketAddress peer, int localPort);
}
