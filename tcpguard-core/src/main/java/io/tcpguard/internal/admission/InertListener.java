/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.NoOpConnectionHandle;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What a guard that is switched off gives to its adapters: everybody is admitted, and nothing is kept. */
public final class InertListener implements GuardedListener {
    private static final WatchedWork NOTHING = new WatchedWork() {
        @Override
        public Admission admitRequest(@Nullable InetAddress source) {
            return Admission.ADMIT;
        }

        @Override
        public void close() {}
    };

    /** There is nothing to tell two apart. */
    public static final GuardedListener INSTANCE = new InertListener();

    private static final GuardLog log = GuardLog.of(InertListener.class);

    private InertListener() {}

    @Override
    public Admission accept(@Nullable InetAddress source) {
        return Admission.ADMIT;
    }

    @Override
    public Admission acceptOrWait(@Nullable InetAddress source) {
        return Admission.ADMIT;
    }

    @Override
    public long accepts() {
        return 0;
    }

    @Override
    public Admission askAgain(@Nullable InetAddress source, long number) {
        return Admission.ADMIT;
    }

    @Override
    public Admission giveUp(long number) {
        return Admission.ADMIT;
    }

    @Override
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return NoOpConnectionHandle.INSTANCE;
    }

    /** Nobody was told to refuse; whoever does all the same wants it closed. */
    @Override
    public void refuse(SocketChannel channel, Admission decision) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("A refused connection did not close in order", e);
        }
    }

    @Override
    public WatchedWork watchWork(String name, Executor executor) {
        return NOTHING;
    }

    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        return Admission.ADMIT;
    }

    @Override
    public boolean mayReset() {
        return false;
    }

    @Override
    public int retryAfterSeconds() {
        return 1;
    }

    @Override
    public void countRefusedRequest() {}

    @Override
    public void close() {}
}
