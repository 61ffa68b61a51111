/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays the same plan against each of several servers at once, all from one thread: client {@code i} has the same
 * random numbers everywhere, so what differs is the servers' doing.
 */
public final class Load implements AutoCloseable {
    private static final int STEP_MILLIS = 10;

    private final Selector selector;
    private final List<Tally> tallies = new ArrayList<>();
    private final List<ListEntry> entries = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
    private final Thread thread = new Thread(this::run, "load");
    private volatile List<Counts> counts;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /** Opens the selector; nothing else happens until {@link #start}. */
    public Load(LoadPlan plan, List<InetSocketAddress> servers) throws IOException {
        this(plan, Timing.STANDARD, servers);
    }

    Load(LoadPlan plan, Timing timing, List<InetSocketAddress> servers) throws IOException {
        selector = Selector.open();
        long start = millis();
        for (InetSocketAddress server : servers) {
            Tally tally = new Tally();
            tallies.add(tally);
            for (int i = 0; i < plan.users() + plan.abusers(); i++) {
                entries.add(new ListEntry(plan.client(i, timing, tally, start), server, selector));
            }
        }
        // Or users would always try before the abnormal clients of the same moment, and get what slot there is.
        Collections.shuffle(entries, new Random(1));
        counts = tallies.stream().map(Tally::counts).toList();
        thread.setDaemon(true);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /**
     * What has happened at the server of that number, at most a few tens of milliseconds ago.
     *
     * @throws IllegalStateException if the load broke down: its figures would mean nothing
     */
    public Counts counts(int server) {
        Throwable broken = failure;
        if (broken != null) {
            throw new IllegalStateException("the load broke down: " + broken, broken);
        }
        return counts.get(server);
    }

    private void run() {
        try {
            long looked = millis();
            while (!closed) {
                selector.select(STEP_MILLIS);
                // Answers first: whoever was answered in time must not time out because this thread was late.
                for (SelectionKey key : selector.selectedKeys()) {
                    ((ListEntry) key.attachment()).onReady(key, buffer, millis());
                }
                selector.selectedKeys().clear();
                long now = millis();
                // Not after each answer: with thousands of clients the looking would be most of the work.
                if (now - looked >= STEP_MILLIS) {
                    looked = now;
                    for (ListEntry entry : entries) {
                        entry.onTime(now);
                    }
                    counts = tallies.stream().map(Tally::counts).toList();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        } finally {
            entries.forEach(ListEntry::close);
        }
    }

    static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Ends all connections and the thread. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
