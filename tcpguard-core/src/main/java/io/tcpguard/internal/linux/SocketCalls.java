/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@code getsockopt(2)} on any descriptor of this process. Which library carries it is chosen once. */
interface SocketCalls {

    /** The socket behind that number now; null if there is none. Allocates; for looking around, not for sampling. */
    @Nullable SocketHandle handle(int descriptor);

    /**
     * A descriptor number taken for a socket. Owns nothing: never closes it, and must notice that it became another's.
     */
    interface SocketHandle {
        /** One option of the socket, of which that many bytes are asked for; with memory of its own. */
        Option option(int level, int name, int bytes);

        /** The TCP or UDP port that it is bound to; -1 if it has none. Allocates. */
        int localPort();
    }

    /** One value, read again and again into the same memory. */
    interface Option {
        /** Asks the kernel; false if it refuses or has fewer bytes. Allocates nothing if it succeeds. */
        boolean read();

        /** What was read last; direct, in native order, to be read by index. */
        ByteBuffer value();
    }

    /**
     * The best that this run-time image has: Netty's, else the JDK's own from 22 on; null if there is neither, or
     * native access is not allowed.
     */
    static @Nullable SocketCalls choose() {
        SocketCalls netty = netty();
        return netty != null ? netty : ForeignSocketCalls.open();
    }

    private static @Nullable SocketCalls netty() {
        try {
            return NettySocketCalls.open();
        } catch (LinkageError e) {
            // Netty's native transport is not on the class path: it is optional.
            return null;
        }
    }
}
