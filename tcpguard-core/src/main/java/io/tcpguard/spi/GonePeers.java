/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.net.InetSocketAddress;

/** Whose peer is gone, by the kernel's table of connections. */
public interface GonePeers {
    /**
     * Whether the other end of this connection has sent its FIN, was reset or has not acknowledged anything for
     * seconds, and that for two looks a second or more apart. False if nothing is known.
     *
     * @param peer the client's address and port
     * @param localPort the server's
     */
    boolean gone(InetSocketAddress peer, int localPort);

    /**
     * The same, but a FIN alone does not count: for connections whose application goes on sending to clients that have
     * ended their side.
     *
     * @param peer the client's address and port
     * @param localPort the server's
     */
    boolean broken(InetSocketAddress peer, int localPort);
}
