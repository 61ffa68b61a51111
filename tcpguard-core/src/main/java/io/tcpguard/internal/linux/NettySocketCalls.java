/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** By Netty's native library. The only class here that names Netty, so that the rest links without it. */
final class NettySocketCalls implements SocketCalls {
    private static final String EPOLL = "io.netty.channel.epoll.Epoll";
    private static final String LIBRARY = "netty_transport_native_epoll";

    private NettySocketCalls() {}

    /**
     * Null if the library is there but does not load, or may not be loaded without a warning of the JVM.
     *
     * @throws LinkageError if Netty is not on the class path
     */
    static @Nullable SocketCalls open() {
        // Names the class before anything is loaded: fails here rather than in a sample.
        Class<?> socket = Socket.class;
        if (!NativeAccess.jni(socket, LIBRARY)) {
            return null;
        }
        try {
            // By name, since only the common part is compiled against; asking loads the library (JNI).
            Class<?> epoll = Class.forName(EPOLL, true, socket.getClassLoader());
            Object available = epoll.getMethod("isAvailable").invoke(null);
            return Boolean.TRUE.equals(available) ? new NettySocketCalls() : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    @Override
    public @Nullable SocketHandle handle(int descriptor) {
        try {
            return new NettyHandle(new Socket(descriptor));
        } catch (RuntimeException e) {
            // ChannelException: no socket, or no descriptor of that number any more.
            return null;
        }
    }

    private static final class NettyHandle implements SocketHandle {
        private final Socket socket;

        NettyHandle(Socket socket) {
            this.socket = socket;
        }

        @Override
        public Option option(int level, int name, int bytes) {
            return new NettyOption(socket, level, name, bytes);
        }

        @Override
        public int localPort() {
            try {
                var address = socket.localAddress();
                return address == null ? -1 : address.getPort();
            } catch (RuntimeException e) {
                return -1;
            }
        }
    }

    private static final class NettyOption implements Option {
        private final Socket socket;
        private final int level;
        private final int name;
        private final ByteBuffer value;

        NettyOption(Socket socket, int level, int name, int bytes) {
            this.socket = socket;
            this.level = level;
            this.name = name;
            this.value = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }

        @Override
        public boolean read() {
            try {
                value.rewind();
                socket.getRawOpt(level, name, value);
                return true;
            } catch (IOException | RuntimeException | LinkageError e) {
                // LinkageError: the class of the exception could not be loaded for want of a descriptor.
                return false;
            }
        }

        @Override
        public ByteBuffer value() {
            return value;
        }
    }
}
