/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import org.jspecify.annotations.Nullable;

/**
 * One listening socket of this process, known by its descriptor's number. A number is given to another socket as soon
 * as it is free, so each look checks that it is still the same: listening, and of the same cookie (socket(7), {@code
 * SO_COOKIE}; Linux 4.12), which the kernel gives to one socket only.
 */
final class TcpListener {
    private static final int SOL_SOCKET = 1;
    private static final int SO_COOKIE = 57;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;

    /** include/net/tcp_states.h. */
    private static final int TCP_LISTEN = 10;

    /** include/uapi/linux/tcp.h, {@code struct tcp_info}: up to and with {@code tcpi_sacked}. */
    private static final int INFO_BYTES = 32;

    private static final int STATE_AT = 0;
    private static final int UNACKED_AT = 24;
    private static final int SACKED_AT = 28;

    private final SocketCalls.Option info;
    private final SocketCalls.Option cookie;
    private long ownCookie;

    private TcpListener(SocketCalls.SocketHandle handle) {
        this.info = handle.option(IPPROTO_TCP, TCP_INFO, INFO_BYTES);
        this.cookie = handle.option(SOL_SOCKET, SO_COOKIE, Long.BYTES);
    }

    /** The listener on that port behind that descriptor; null if it is anything else. */
    static @Nullable TcpListener at(SocketCalls calls, int descriptor, int port) {
        SocketCalls.SocketHandle handle = calls.handle(descriptor);
        if (handle == null) {
            return null;
        }
        TcpListener listener = new TcpListener(handle);
        if (!listener.cookie.read()) {
            return null;
        }
        listener.ownCookie = listener.cookie.value().getLong(0);
        // The look last, so that the port was that of the same socket.
        return handle.localPort() == port && listener.look() ? listener : null;
    }

    /** Asks anew; false if this is not the same listening socket any more. */
    boolean look() {
        // The cookie after the numbers: if it is still ours, they were ours too.
        return info.read()
                && info.value().get(STATE_AT) == TCP_LISTEN
                && cookie.read()
                && cookie.value().getLong(0) == ownCookie;
    }

    /** Established connections that wait to be accepted, at the last look. */
    long depth() {
        return Integer.toUnsignedLong(info.value().getInt(UNACKED_AT));
    }

    /** The backlog in force, at the last look: the kernel lets one more than this wait. */
    long limit() {
        return Integer.toUnsignedLong(info.value().getInt(SACKED_AT));
    }
}
