/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;

/** What becomes of a guard's log lines in a server whose appender is in trouble. */
final class LogTrouble {
    private static final Logger LOG = Logger.getLogger("io.tcpguard");

    /** From then on: a server that is in trouble while it starts does not start. */
    static volatile boolean armed;

    private LogTrouble() {}

    static void begin(String which) throws IOException {
        LOG.setLevel(Level.ALL);
        switch (which) {
            case "log=blocks" -> LOG.addHandler(new Every(() -> new CountDownLatch(1).await()));
            case "log=throws" ->
                LOG.addHandler(new Every(() -> {
                    throw new IllegalStateException("the appender's own fault");
                }));
            case "log=full" -> {
                // Each write says: no space left on device.
                FileOutputStream full = new FileOutputStream("/dev/full");
                LOG.addHandler(new StreamHandler(full, new SimpleFormatter()) {
                    @Override
                    public synchronized void publish(LogRecord line) {
                        super.publish(line);
                        flush();
                    }
                });
            }
            default -> {
                // Not of the log.
            }
        }
    }

    private interface Deed {
        void happen() throws InterruptedException;
    }

    private static final class Every extends Handler {
        private final Deed deed;

        Every(Deed deed) {
            this.deed = deed;
        }

        @Override
        public void publish(LogRecord line) {
            if (!armed) {
                return;
            }
            try {
                deed.happen();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
