package io.tcpguard.internal.linux;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** {@code getsockopt(2)} on any descriptor of this process. Which library carries it is chosen once. */
interface SocketCalls {

    /** The socket behind that number now; null if there is none. Allocates; for looking around, not for sampling. */
    @Nullable Handle handle(int descriptor);

    /** A descriptor number taken for a socket. Owns nothing: never closes it, and must notice that it became another's. */
    interface Handle {
        /**
         * Fills the buffer from 0 to its limit with the option's value, in native order; false if the kernel refuses or has
         * fewer bytes. Allocates nothing if it succeeds.
         *
         * @param into direct, in native order
         */
        boolean option(int level, int name, ByteBuffer into);

        /** The TCP or UDP port that it is bound to; -1 if it has none. Allocates. */
        int localPort();
    }

    /** The best that this run-time image has: Netty's, else the JDK's own from 22 on; null if there is neither. */
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
