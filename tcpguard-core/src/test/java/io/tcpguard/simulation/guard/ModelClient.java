/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import java.net.InetAddress;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Somebody who connects, does as its kind does, and comes back. */
final class ModelClient {
    /** What a client is like. */
    enum Kind {
        /** Asks every 3 to 9 s, leaves after 10 to 30 s, and comes back a second later. */
        USER(1000),
        /** Asks once and stays for good. */
        SITTER(500),
        /** Asks every four seconds and stays for good. */
        CHATTER(500),
        /** Sends some bytes of a request, and no more. */
        HALF_HEAD(500),
        /** Sends a request without its body. */
        HALF_BODY(500),
        /** Asks for what takes 15 s, and for it again: a long poll. */
        POLLER(500),
        /** Sends nothing. */
        SILENT(500),
        /** A sitter from where nobody is refused. */
        ALLOWED(500),
        /** Is gone again before it is accepted. */
        KNOCKER(100);

        private final long retry;

        Kind(long retryMillis) {
            retry = retryMillis * Timeline.MILLI;
        }

        /** How soon after an answer it closes: who says nothing is closed by the server. */
        long answersAfter() {
            return this == SILENT || this == HALF_HEAD ? 300 * Timeline.MILLI : 20 * Timeline.MILLI;
        }
    }

    private static final long AGAIN_AFTER_SYN = Timeline.SECOND;

    final Kind kind;
    final InetAddress address;
    private final World world;
    private final SplittableRandom random;
    private @Nullable ModelListener at;
    private @Nullable ModelConnection connection;
    private int attempt;
    private boolean over;

    ModelClient(World world, Kind kind, InetAddress address, SplittableRandom random) {
        this.world = world;
        this.kind = kind;
        this.address = address;
        this.random = random;
    }

    void comesWithin(long nanos) {
        world.time.after(random.nextLong(nanos), this::connect);
    }

    /** It comes no more. */
    void ends() {
        over = true;
        hangUp();
    }

    /** Whether it sends whole requests; who has asked once may ask again. */
    boolean asks() {
        return kind == Kind.USER || kind == Kind.CHATTER || kind == Kind.SITTER || kind == Kind.ALLOWED;
    }

    boolean inSession() {
        return connection != null;
    }

    private void connect() {
        if (over || connection != null) {
            return;
        }
        int mine = ++attempt;
        if (world.listeners.isEmpty() || !world.listeners.get(0).connect(this, mine)) {
            retry(mine, AGAIN_AFTER_SYN);
            return;
        }
        long patience = kind == Kind.KNOCKER ? 30 * Timeline.MILLI : (6000 + random.nextInt(4000)) * Timeline.MILLI;
        world.time.after(patience, () -> {
            if (mine == attempt && connection == null) {
                refused(mine);
            }
        });
    }

    private void retry(int mine, long nanos) {
        world.time.after(nanos + random.nextLong(1 + nanos / 4), () -> {
            if (mine == attempt) {
                connect();
            }
        });
    }

    /** It was turned away, or has turned away. */
    void refused(int which) {
        if (which == attempt) {
            attempt++;
            retry(attempt, kind.retry);
        }
    }

    void admitted(ModelListener listener, ModelConnection mine, int which) {
        if (over || which != attempt) {
            // What it sent before it went is read all the same.
            listener.request(mine);
            world.time.after(5 * Timeline.MILLI, () -> listener.close(mine, false));
            return;
        }
        at = listener;
        connection = mine;
        attempt++;
        later(1 + random.nextInt(20), mine, () -> begins(listener, mine));
        if (kind == Kind.USER) {
            later(10_000 + random.nextInt(20_000), mine, this::hangUpAndReturn);
        }
    }

    private void begins(ModelListener listener, ModelConnection mine) {
        switch (kind) {
            case USER, SITTER, CHATTER, ALLOWED -> listener.request(mine);
            case HALF_BODY -> listener.half(mine);
            case POLLER -> listener.poll(mine);
            case HALF_HEAD -> {
                mine.received = true;
                mine.handle().touch();
            }
            case KNOCKER -> hangUpAndReturn();
            case SILENT -> {}
        }
    }

    void answered(ModelConnection mine) {
        ModelListener listener = at;
        if (listener != null && mine == connection && kind == Kind.POLLER) {
            later(20, mine, () -> listener.poll(mine));
        } else if (listener != null && mine == connection && (kind == Kind.USER || kind == Kind.CHATTER)) {
            int pause = kind == Kind.USER ? 3000 + random.nextInt(6000) : 4000;
            later(pause, mine, () -> listener.request(mine));
        }
    }

    private void later(int millis, ModelConnection mine, Runnable what) {
        world.time.after(millis * Timeline.MILLI, () -> {
            if (connection == mine && mine.open) {
                what.run();
            }
        });
    }

    private void hangUpAndReturn() {
        hangUp();
        retry(attempt, kind.retry);
    }

    private void hangUp() {
        ModelListener listener = at;
        ModelConnection mine = connection;
        connection = null;
        attempt++;
        if (mine != null && listener != null) {
            listener.close(mine, false);
        }
    }

    /** By the server. */
    void cut(ModelConnection its) {
        if (its == connection) {
            connection = null;
            attempt++;
            retry(attempt, kind.retry);
        }
    }
}
