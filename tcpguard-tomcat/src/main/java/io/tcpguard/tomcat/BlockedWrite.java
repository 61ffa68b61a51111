/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.nio.channels.SelectionKey;
import java.util.function.Function;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer stands still because its client does not take it: a worker that waits to write, or a file that is
 * sent. Asynchronous answers are Tomcat's to time out, since their application must hear of the end.
 */
final class BlockedWrite {
    private BlockedWrite() {}

    /** Says of a connection what is seen, from one look to the next. One thread at a time. */
    static void look(GuardedConnection connection, Function<GuardedConnection, @Nullable NioSocketWrapper> wrappers) {
        NioSocketWrapper wrapper = connection.atWork() ? wrappers.apply(connection) : null;
        boolean waits = wrapper != null
                && (wrapper.interestOps() & SelectionKey.OP_WRITE) != 0
                && (connection.holdsThread() || wrapper.getSendfileData() != null);
        connection.looksAtWrite(waits && wrapper != null ? wrapper.getLastWrite() : GuardedConnection.NOTHING_WAITS);
    }
}
