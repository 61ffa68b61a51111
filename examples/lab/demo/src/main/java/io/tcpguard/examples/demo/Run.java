/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.load.Load;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run from start to end: two children, one load, two checkers, a look ten times a second. */
final class Run {
    static final int LIMIT = 256;
    private static final long LOOK_MILLIS = 100;

    /** What came of it. */
    record Result(Trace stock, Trace guarded) {}

    private final Schedule schedule;
    private final Path jar;
    private final String server;
    private final Path directory;
    private final List<ChildServer> children = Collections.synchronizedList(new ArrayList<>());

    /**
     * @param jar login-server.jar
     * @param server tomcat or netty
     * @param directory where the children's output goes
     */
    Run(Schedule schedule, Path jar, String server, Path directory) {
        this.schedule = schedule;
        this.jar = jar;
        this.server = server;
        this.directory = directory;
    }

    /** Runs to the end; no child outlives it, nor this process unless that is killed outright. */
    Result go(LiveView view) throws IOException, InterruptedException {
        Thread hook = new Thread(this::endChildren, "end-children");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return run(view);
        } finally {
            endChildren();
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void endChildren() {
        List.copyOf(children).forEach(ChildServer::close);
    }

    private Result run(LiveView view) throws IOException, InterruptedException {
        ChildServer stockChild = launch("stock", "off", List.of());
        ChildServer guardedChild = launch("guarded", "on", List.of("--health-port", "0"));
        stockChild.awaitReady();
        guardedChild.awaitReady();
        view.serving("http://localhost:" + guardedChild.healthAddress().getPort() + "/");
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            ControlEcho control = new ControlEcho();
            open.push(control);
            control.start();
            long start = System.nanoTime();
            Load load = new Load(schedule.load(), List.of(stockChild.address(), guardedChild.address()));
            open.push(load);
            HealthChecker stockHealth = new HealthChecker("stock", stockChild.healthAddress(), control, start);
            open.push(stockHealth);
            HealthChecker guardedHealth = new HealthChecker("guarded", guardedChild.healthAddress(), control, start);
            open.push(guardedHealth);
            Contestant stock = new Contestant("stock " + server, stockChild, stockHealth, LIMIT);
            Contestant guarded = new Contestant("guarded " + server, guardedChild, guardedHealth, LIMIT);
            load.start();
            stockHealth.start();
            guardedHealth.start();
            watch(view, load, start, stock, guarded);
            return new Result(stock.trace(), guarded.trace());
        } finally {
            closeAll(open);
        }
    }

    private ChildServer launch(String name, String guard, List<String> more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--server", server, "--port", "0", "--guard", guard));
        options.addAll(more);
        ChildServer child = ChildServer.launch(jar, LIMIT, options, directory.resolve("demo-" + name + ".log"));
        children.add(child);
        return child;
    }

    private void watch(LiveView view, Load load, long start, Contestant stock, Contestant guarded) {
        long end = schedule.end();
        long nextSecond = 1000;
        for (long at = 0; at < end; at = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)) {
            stock.look(at);
            guarded.look(at);
            if (at >= nextSecond) {
                nextSecond = at - at % 1000 + 1000;
                view.show(schedule, stock.second(at, load, 0), guarded.second(at, load, 1));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS - at % LOOK_MILLIS));
        }
        view.show(schedule, stock.second(end, load, 0), guarded.second(end, load, 1));
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                System.err.println("demo: closing failed: " + e);
            }
        }
    }
}
