/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * The threads that work on requests, first come, first served. While the back end hangs no request ends; the guard's
 * own task needs none.
 */
final class ModelPool implements Executor {
    /** @param begins whether it is still wanted, asked when a thread takes it */
    private record Task(long nanos, BooleanSupplier begins, Runnable ends) {}

    private final World world;
    private final int threads;
    private final Queue<Task> waiting = new ArrayDeque<>();
    private final List<Task> held = new ArrayList<>();
    private int busy;
    private int hangs;
    private int slowness = 1;

    ModelPool(World world, int threads) {
        this.world = world;
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        submit(0, () -> true, task);
    }

    void submit(long nanos, BooleanSupplier begins, Runnable ends) {
        waiting.add(new Task(nanos, begins, ends));
        world.time.after(0, this::work);
    }

    private void work() {
        if (world.postponedByFreeze(this::work)) {
            return;
        }
        while (busy < threads && !waiting.isEmpty()) {
            Task task = waiting.remove();
            if (!task.begins().getAsBoolean()) {
                continue;
            }
            if (task.nanos() == 0) {
                task.ends().run();
                continue;
            }
            busy++;
            world.time.after(task.nanos() * slowness, () -> finish(task));
        }
    }

    private void finish(Task task) {
        if (world.postponedByFreeze(() -> finish(task))) {
            return;
        }
        if (hangs > 0) {
            held.add(task);
            return;
        }
        busy--;
        task.ends().run();
        work();
    }

    void hang(boolean on) {
        hangs += on ? 1 : -1;
        if (hangs == 0) {
            List<Task> released = List.copyOf(held);
            held.clear();
            released.forEach(this::finish);
        }
    }

    void slower(int factor) {
        slowness = factor;
    }
}
