/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A byte that goes over loopback to another thread of this process and back, fifty times a second. If it is late, the
 * machine (or this process) stood still: a slow health check of the same moment says little about the server.
 */
final class ControlEcho implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int KEPT = 8192;

    private final Socket near;
    private final Socket far;
    private final long[] sentAt = new long[KEPT];
    private final long[] tookNanos = new long[KEPT];
    private long count;
    private boolean underWay;
    private volatile boolean closed;

    ControlEcho() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            near = new Socket(listener.getInetAddress(), listener.getLocalPort());
            far = listener.accept();
        }
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        near.setSoTimeout(60_000);
    }

    void start() {
        daemon("control-echo", this::echo);
        daemon("control", this::ping);
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void echo() {
        try {
            int b = far.getInputStream().read();
            while (b >= 0) {
                far.getOutputStream().write(b);
                b = far.getInputStream().read();
            }
        } catch (IOException e) {
            sayUnlessClosed(e);
        }
    }

    private void ping() {
        try {
            long due = System.nanoTime();
            while (!closed) {
                // From when it was due: being woken late counts too.
                begin(due);
                near.getOutputStream().write(1);
                int answer = near.getInputStream().read();
                long now = System.nanoTime();
                end(now);
                if (answer < 0) {
                    return;
                }
                due = Math.max(due + PERIOD_NANOS, now);
                LockSupport.parkNanos(due - now);
            }
        } catch (IOException e) {
            sayUnlessClosed(e);
        }
    }

    private synchronized void begin(long now) {
        sentAt[(int) (count % KEPT)] = now;
        underWay = true;
    }

    private synchronized void end(long now) {
        int i = (int) (count % KEPT);
        tookNanos[i] = now - sentAt[i];
        underWay = false;
        count++;
    }

    /** The longest round trip that touched this span of time, on {@link System#nanoTime}; in microseconds. */
    synchronized long worstMicros(long from, long to) {
        long worst = 0;
        if (underWay) {
            worst = Math.max(0, to - sentAt[(int) (count % KEPT)]);
        }
        for (long i = Math.max(0, count - KEPT + 1); i < count; i++) {
            int at = (int) (i % KEPT);
            if (sentAt[at] - to <= 0 && sentAt[at] + tookNanos[at] - from >= 0) {
                worst = Math.max(worst, tookNanos[at]);
            }
        }
        return TimeUnit.NANOSECONDS.toMicros(worst);
    }

    private void sayUnlessClosed(IOException e) {
        if (!closed) {
            System.err.println("demo: the control echo ended: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        near.close();
        far.close();
    }
}
