package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/** By the JDK's foreign-function API, which is final from Java 22 on: another version of this class does it there. */
final class ForeignSocketCalls {
    private ForeignSocketCalls() {}

    /** Null: this Java is older. */
    static @Nullable SocketCalls open() {
        return null;
    }
}
