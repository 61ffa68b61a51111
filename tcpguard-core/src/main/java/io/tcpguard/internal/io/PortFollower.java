/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.spi.GuardLog;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A port that is closed while the verdict is down, for checks that only connect. On the I/O thread. */
final class PortFollower implements Closeable {
    private static final GuardLog LOG = GuardLog.of(IoThread.class);
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

    private final ListeningPort port;
    private final Poller poller;
    private final GuardView view;
    /** Stands for the listening socket while that is closed. */
    private final SpareDescriptor forReopening = new SpareDescriptor(true);

    private long lookedAt;
    private boolean saidThatReopeningFails;

    PortFollower(ListeningPort port, Poller poller, GuardView view) {
        this.port = port;
        this.poller = poller;
        this.view = view;
    }

    void follow(long now) throws IOException {
        if (now - lookedAt < PERIOD) {
            return;
        }
        lookedAt = now;
        boolean up = HealthStatus.of(view).up();
        if (!up && port.isOpen()) {
            port.close();
            poller.flush();
            forReopening.take();
        } else if (up && !port.isOpen()) {
            reopen();
        }
    }

    private void reopen() {
        forReopening.release();
        try {
            port.open();
            saidThatReopeningFails = false;
        } catch (IOException e) {
            forReopening.take();
            if (!saidThatReopeningFails) {
                saidThatReopeningFails = true;
                LOG.warn("Health is up again but its port {} can't be opened; retrying", port.port(), e);
            }
        }
    }

    /** Nanoseconds until the next look. */
    long left(long now) {
        return PERIOD - (now - lookedAt);
    }

    @Override
    public void close() {
        forReopening.close();
    }
}
