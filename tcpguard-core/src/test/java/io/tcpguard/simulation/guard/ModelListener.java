/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.runtime.SteppedGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening socket with its accept queue, its acceptors, and the adapter's side of its connections. */
final class ModelListener implements ListenerControl, Probe {
    private static final int MOST_REFUSALS = 40;
    private static final long ASKED_AGAIN = 5 * Timeline.MILLI;
    private static final long POLL = 15 * Timeline.SECOND;
    private static final long SERVICE = 4 * Timeline.MILLI;

    /** One in the queue, or in an acceptor's hand. */
    record Waiting(ModelClient client, int attempt, long sinceRan) {}

    private final World world;
    private final int backlog;
    private final boolean reportsWholeRequests;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private final Set<ModelConnection> connections = new LinkedHashSet<>();
    private final List<Acceptor> acceptors;
    private final SteppedGuard.Door door;
    private int dead;
    private int stuck;
    private boolean gone;
    private long deadSince;

    /** @param reportsWholeRequests work begins when a request has come; else when a thread takes it */
    ModelListener(World world, String name, int backlog, int threads, boolean reportsWholeRequests) {
        this.world = world;
        this.backlog = backlog;
        this.reportsWholeRequests = reportsWholeRequests;
        acceptors = threads == 1 ? List.of(new Acceptor()) : List.of(new Acceptor(), new Acceptor());
        door = world.guard.listen(name, this, this, world.pool);
        world.listeners.add(this);
    }

    SteppedGuard.Door door() {
        return door;
    }

    /** It ends on purpose: out of the guard's sight, and its clients are sent away. */
    void unregister() {
        gone = true;
        door.close().run();
        world.listeners.remove(this);
        dies(true);
        for (ModelConnection connection : List.copyOf(connections)) {
            close(connection, true);
        }
    }

    void dies(boolean now) {
        dead += now ? 1 : -1;
        if (dead == 1 && now) {
            deadSince = world.ran();
            queue.forEach(waiting -> waiting.client().refused(waiting.attempt()));
            queue.clear();
        }
        wake();
    }

    void sticks(boolean now) {
        stuck += now ? 1 : -1;
        wake();
    }

    /**
     * For how long it has not accepted any connection, and says so; without the time in which the process did not run.
     */
    long deadNanos() {
        return dead > 0 && !gone ? world.ran() - deadSince : 0;
    }

    /** A SYN, and the handshake; false: dropped, since the queue is full, or nobody listens. */
    boolean connect(ModelClient client, int attempt) {
        if (dead > 0 || queue.size() > backlog) {
            return false;
        }
        queue.add(new Waiting(client, attempt, world.ran()));
        wake();
        return true;
    }

    private void wake() {
        acceptors.forEach(acceptor -> world.time.after(50_000, acceptor));
    }

    /** A whole request has come. */
    void request(ModelConnection connection) {
        if (!connection.open) {
            return;
        }
        if (reportsWholeRequests && !begin(connection)) {
            return;
        }
        world.pool.submit(
                SERVICE,
                () -> connection.open && (reportsWholeRequests || begin(connection)),
                () -> answer(connection));
    }

    /** A request whose rest does not come: no thread waits for it. */
    void half(ModelConnection connection) {
        if (connection.open && begin(connection)) {
            connection.unfinished = true;
            connection.handle().unfinished(true);
        }
    }

    /** A request that no thread works on, and that ends much later. */
    void poll(ModelConnection connection) {
        if (connection.open && begin(connection)) {
            world.time.after(POLL, () -> answerPoll(connection));
        }
    }

    private void answerPoll(ModelConnection connection) {
        if (!world.postponedByFreeze(() -> answerPoll(connection))) {
            answer(connection);
        }
    }

    private boolean begin(ModelConnection connection) {
        if (!connection.handle().begin()) {
            close(connection, true);
            return false;
        }
        connection.atWork++;
        connection.received = true;
        connection.activeAt = world.ran();
        return true;
    }

    private void answer(ModelConnection connection) {
        boolean leaves = connection.handle().leaves();
        connection.atWork--;
        connection.activeAt = world.ran();
        connection.handle().end();
        if (connection.open && !connection.evicted) {
            connection.client.answered(connection);
            if (leaves) {
                close(connection, true);
            }
        }
    }

    void close(ModelConnection connection, boolean byServer) {
        if (connection.open) {
            connection.open = false;
            connections.remove(connection);
            world.kernel.close(byServer);
            world.witness.closed(connection);
            connection.handle().closed();
            if (world.random.nextInt(4) == 0) {
                // Both the channel's end and the connection's are told by some adapters.
                connection.handle().closed();
            }
            if (byServer) {
                connection.client.cut(connection);
            }
        }
    }

    /** What the guard knows of a connection's way out. */
    private final class Closer implements ConnectionCloser {
        private final ModelConnection connection;

        Closer(ModelConnection connection) {
            this.connection = connection;
        }

        @Override
        public void close(Closing how) {
            evict(connection, how);
        }

        /** Asked just before it is claimed: a request may come in right then, on a thread of the server's. */
        @Override
        public boolean inProgress() {
            if (connection.client.asks() && world.on(FaultKind.PREEMPTION) && world.random.nextInt(3) == 0) {
                if (begin(connection)) {
                    world.time.after(SERVICE, () -> answerLate(connection));
                }
            }
            return false;
        }
    }

    private void answerLate(ModelConnection connection) {
        if (!world.postponedByFreeze(() -> answerLate(connection))) {
            answer(connection);
        }
    }

    private void evict(ModelConnection connection, Closing how) {
        world.witness.evicts(connection, how);
        if (world.on(FaultKind.CLOSERS_THROW)) {
            world.time.after(5 * Timeline.SECOND, () -> close(connection, true));
            throw new IllegalStateException("an adapter's close");
        }
        world.preempt();
        world.time.after(world.random.nextInt(3) * Timeline.MILLI, () -> evicted(connection));
    }

    private void evicted(ModelConnection connection) {
        if (!world.postponedByFreeze(() -> evicted(connection))) {
            close(connection, true);
        }
    }

    @Override
    public boolean accepting() {
        throwIfTold();
        return dead == 0;
    }

    @Override
    public int backlog() {
        return backlog;
    }

    Set<ModelConnection> connections() {
        return connections;
    }

    int acceptors() {
        return acceptors.size();
    }

    @Override
    public boolean canAnswer() {
        world.preempt();
        return true;
    }

    private void throwIfTold() {
        if (world.on(FaultKind.LISTENERS_THROW)) {
            throw new IllegalStateException("an adapter");
        }
    }

    @Override
    public Signal signal() {
        return Signal.ACCEPT_QUEUE;
    }

    @Override
    public Reading read(long now) {
        int waiting = queue.size();
        world.preempt();
        return new Reading.Measured(Signal.ACCEPT_QUEUE, waiting, backlog);
    }

    @Override
    public void close() {
        // The kernel's.
    }

    /**
     * A thread that takes one connection at a time out of the queue, and holds it while it is told to wait.
     */
    private final class Acceptor implements Runnable {
        private @Nullable Waiting inHand;
        private long number;
        private boolean waits;
        private boolean busy;

        @Override
        public void run() {
            if (busy || world.postponedByFreeze(this)) {
                return;
            }
            busy = true;
            while (step()) {
                // The next one.
            }
            busy = false;
        }

        private boolean step() {
            Waiting one = inHand;
            if (one == null) {
                if (stuck > 0 || queue.isEmpty()) {
                    return false;
                }
                if (!world.kernel.accept()) {
                    world.time.after(50 * Timeline.MILLI, this);
                    return false;
                }
                one = queue.remove();
                inHand = one;
                door.slots().counts().accepts().increment();
                number = door.slots().counts().accepts().sum();
            }
            Admission decision = dead > 0 ? world.guard.policy().giveUp(ModelListener.this::canAnswer) : decide(one);
            inHand(decision == Admission.WAIT);
            if (decision == Admission.WAIT) {
                world.witness.waits(one.sinceRan(), world.guard.longestWait());
                world.time.after(ASKED_AGAIN, this);
                return false;
            }
            inHand = null;
            world.witness.waits(one.sinceRan(), world.guard.longestWait());
            carryOut(one, decision);
            return true;
        }

        private void inHand(boolean now) {
            if (now && !waits) {
                door.slots().counts().takenInHand();
            } else if (waits && !now) {
                door.slots().counts().outOfHand();
            }
            waits = now;
        }

        private Admission decide(Waiting one) {
            return world.guard
                    .policy()
                    .accept(
                            one.client().address,
                            world.guard.stale(),
                            door.watch().state().refusal(),
                            door.slots(),
                            door.timer(),
                            number,
                            ModelListener.this::canAnswer,
                            world.awake.nanoTime());
        }

        private void carryOut(Waiting one, Admission decision) {
            if (decision == Admission.ADMIT) {
                ModelConnection connection = new ModelConnection(one.client());
                connection.activeAt = world.ran();
                connections.add(connection);
                world.witness.admits();
                connection.handle =
                        world.guard.policy().open(one.client().address, door.slots(), new Closer(connection));
                world.witness.opened(connection);
                one.client().admitted(ModelListener.this, connection, one.attempt());
            } else {
                refuse(one, decision);
            }
        }

        private void refuse(Waiting one, Admission decision) {
            boolean reset = decision == Admission.RESET;
            world.witness.refuses(decision, one.client().address);
            if (decision == Admission.RESPOND) {
                int room = world.guard.policy().roomForAnswers(world.refusals);
                if (world.refusals < Math.min(MOST_REFUSALS, room)) {
                    world.refusals++;
                    world.witness.holds();
                    world.time.after(one.client().kind.answersAfter(), () -> leaveRefusals(one));
                    return;
                }
                reset = world.guard.policy().mayResetForWantOfRoom(world.awake.nanoTime());
            }
            if (reset) {
                world.witness.isReset();
            }
            world.kernel.close(!reset);
            one.client().refused(one.attempt());
        }

        private void leaveRefusals(Waiting one) {
            if (!world.postponedByFreeze(() -> leaveRefusals(one))) {
                world.refusals--;
                world.kernel.close(false);
                one.client().refused(one.attempt());
            }
        }
    }
}
