/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that come one after the other, ask once and stay: at a full server each takes the slot of whoever may give
 * way.
 */
final class Newcomers implements AutoCloseable {
    private final Deque<RawClient> inside = new ArrayDeque<>();
    private final Thread thread;
    private volatile boolean done;

    /** Served. */
    final AtomicInteger served = new AtomicInteger();

    final AtomicInteger refused = new AtomicInteger();

    Newcomers(int port, int everyMillis, int mostInside) {
        thread = new Thread(
                () -> {
                    while (!done) {
                        come(port, mostInside);
                        try {
                            Thread.sleep(everyMillis);
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                },
                "newcomers");
        thread.setDaemon(true);
        thread.start();
    }

    private void come(int port, int mostInside) {
        try {
            RawClient client = new RawClient(port);
            inside.add(client);
            if (client.get("/").startsWith("HTTP/1.1 200")) {
                served.incrementAndGet();
            } else {
                refused.incrementAndGet();
            }
            if (inside.size() > mostInside) {
                inside.remove().close();
            }
        } catch (IOException e) {
            refused.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        done = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (RawClient client : inside) {
            client.close();
        }
    }
}
