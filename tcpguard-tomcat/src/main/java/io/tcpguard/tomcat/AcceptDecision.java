/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks the guard about a connection just accepted, and waits with it if that is the answer. Acceptor's thread. */
final class AcceptDecision {
    private AcceptDecision() {}

    /**
     * While it waits, this thread accepts nobody else: they wait in the accept queue, where they cost no descriptor.
     *
     * @param serving false: nobody may wait any longer
     * @return anything but {@link Admission#WAIT}
     */
    static Admission about(@Nullable InetAddress source, GuardedListener listener, BooleanSupplier serving) {
        Admission decision = listener.acceptOrWait(source);
        while (decision == Admission.WAIT) {
            LockSupport.parkNanos(Pacing.WAIT_MILLIS * 1_000_000);
            decision = serving.getAsBoolean() ? listener.askAgain(source) : listener.giveUp();
        }
        return decision;
    }

    /** Null if it is not known. */
    static @Nullable InetAddress sourceOf(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
        } catch (IOException e) {
            // Gone already. Tomcat will find out.
            return null;
        }
    }
}
