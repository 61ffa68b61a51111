/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.RateLimitedLog;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The guard's one I/O thread, "tcpguard-io", a daemon with one selector: it answers health checks, refuses
 * connections politely, and runs tasks. All that it needs is opened and loaded by {@link #open}: it works on when the
 * process has no descriptor left.
 */
public final class IoThread implements AutoCloseable {
    private static final GuardLog LOG = GuardLog.of(IoThread.class);

    private static final long QUIET = TimeUnit.MINUTES.toNanos(1);
    private static final long CLOSE_WAIT_MILLIS = 5000;

    private static final List<Setting> PORTS = List.of(Setting.HEALTH_PORT, Setting.AGENT_PORT, Setting.UDP_PORT);
    /** With a lower limit whoever is refused is reset, never answered. */
    private static final long FOR_ANSWERS = 128;

    private final NanoClock clock;
    private final boolean refusalsOpen;
    private final Poller poller;
    private final Checkers checkers;
    private final RefusalResponder responder;
    private final HealthListener health;
    private final @Nullable UdpChecks udp;
    private final TaskQueue tasks;
    private final IoLoop loop;
    private volatile Thread thread;
    private final Object lifecycle = new Object();
    /** Guarded by lifecycle. */
    private boolean started;
    /** Guarded by lifecycle. */
    private boolean released;

    private IoThread(GuardConfig config, GuardView view, NanoClock clock, long limit) throws IOException {
        this.clock = clock;
        tasks = new TaskQueue(clock);
        // Its two descriptors would be a tenth of the clients of such a server, for answers that are resets then.
        refusalsOpen = limit >= FOR_ANSWERS;
        // Before anything is open that would stay so.
        thread = newThread();
        poller = new Poller(refusalsOpen || PORTS.stream().anyMatch(port -> config.integer(port) >= 0));
        try {
            checkers = new Checkers(config.networks(Setting.DIRECTORS), clock);
            responder = new RefusalResponder(poller, view, clock);
            HealthRoutes routes = new HealthRoutes(config, view, clock, checkers, responder::size);
            RateLimitedLog trouble = new RateLimitedLog(LOG, QUIET);
            health = new HealthListener(config, poller, view, routes, trouble, config.reserve(limit) > 1);
            loop = new IoLoop(
                    poller, view, checkers, responder, health, tasks, trouble, new RateLimitedLog(LOG, QUIET), clock);
            udp = openUdp(config, view);
        } catch (RuntimeException | Error e) {
            poller.close();
            throw e;
        }
    }

    private Thread newThread() {
        Thread t = new Thread(this::run, "tcpguard-io");
        t.setDaemon(true);
        return t;
    }

    /**
     * Makes another thread if this one's is gone though nobody closed it. Any thread; throws nothing: the next call
     * may succeed.
     */
    public void reviveIfDead() {
        if (loop.ending() || thread.isAlive()) {
            return;
        }
        try {
            synchronized (lifecycle) {
                if (started && !released && !loop.ending() && !thread.isAlive()) {
                    Thread another = newThread();
                    another.start();
                    thread = another;
                }
            }
        } catch (RuntimeException | Error e) {
            // No memory or no thread to be had.
        }
    }

    private @Nullable UdpChecks openUdp(GuardConfig config, GuardView view) {
        int port = config.integer(Setting.UDP_PORT);
        if (port < 0) {
            return null;
        }
        InetSocketAddress address = ListeningPort.address(config.text(Setting.HEALTH_ADDRESS), port);
        try {
            return new UdpChecks(poller, address, view, checkers);
        } catch (IOException e) {
            health.close();
            throw ListeningPort.cannotBind(Setting.UDP_PORT, address, e);
        }
    }

    /**
     * Opens the selector, the ports that are configured and one spare descriptor, and loads every class that will be
     * needed, that of the log's time stamp too. Does not start the thread. Where few descriptors are, it does with
     * fewer.
     *
     * @param limit of the process's descriptors; {@link Long#MAX_VALUE}: not known
     * @throws IllegalStateException naming setting, value and cause if a port can't be bound
     */
    public static IoThread open(GuardConfig config, GuardView view, long limit) {
        return open(config, view, limit, System::nanoTime);
    }

    /** The same, by a clock of the caller's. */
    public static IoThread open(GuardConfig config, GuardView view, long limit, NanoClock clock) {
        if (config.reserve(limit) > 0) {
            IoPreload.once();
        }
        IoThread opened = openCold(config, view, clock, limit);
        if (opened.healthPort() >= 0) {
            LOG.info("Health is told on {}:{}", config.text(Setting.HEALTH_ADDRESS), opened.healthPort());
        }
        return opened;
    }

    static IoThread open(GuardConfig config, GuardView view) {
        return open(config, view, Long.MAX_VALUE);
    }

    static IoThread openCold(GuardConfig config, GuardView view, NanoClock clock) {
        return openCold(config, view, clock, Long.MAX_VALUE);
    }

    private static IoThread openCold(GuardConfig config, GuardView view, NanoClock clock, long limit) {
        try {
            return new IoThread(config, view, clock, limit);
        } catch (IOException e) {
            throw new IllegalStateException("can't open a selector: " + e.getMessage(), e);
        }
    }

    /** Starts the thread. Once; later calls do nothing. */
    public void start() {
        synchronized (lifecycle) {
            if (started || released) {
                return;
            }
            started = true;
            if (refusalsOpen) {
                responder.open();
            }
            if (health.healthPort() >= 0 || health.agentPort() >= 0 || udp != null) {
                checkers.listening(clock.nanoTime());
            }
            thread.start();
        }
    }

    /** The port that the health listener is bound to; -1: there is none. */
    public int healthPort() {
        return health.healthPort();
    }

    /** The port of the agent check; -1: there is none. */
    public int agentPort() {
        return health.agentPort();
    }

    /** The port of the datagram check; -1: there is none. */
    public int udpPort() {
        return udp == null ? -1 : udp.port();
    }

    /**
     * Runs the task on the I/O thread, soon, in order. What it throws is logged. Any thread. Tasks that come after
     * {@link #close} are not run; the caller bounds their number.
     */
    public void execute(Runnable task) {
        tasks.add(task);
        poller.wakeup();
    }

    /**
     * Refuses a connection and takes ownership of its channel. For accepting threads, never for the I/O thread; never
     * throws.
     *
     * <p>{@link Admission#RESET} closes it by a reset at once, on the calling thread. {@link Admission#RESPOND} hands
     * it to the responder; if that is full, waits up to 50 ms for a slot, and then resets. {@link Admission#ADMIT} does
     * nothing: the channel stays the caller's.
     *
     * @param channel accepted, not registered with a selector
     * @param retryAfterSeconds for the answer, 0..120; cut to that
     * @param room how many sockets the refusal pool may hold now; with 0 or less everything is reset
     * @return what was really done
     */
    public Admission refuse(SocketChannel channel, Admission decision, int retryAfterSeconds, int room) {
        return refuse(channel, decision, retryAfterSeconds, room, true);
    }

    /**
     * The same.
     *
     * @param mayWait false: what finds no slot at the refusal pool is reset at once, since others wait behind it who
     *     must not
     */
    public Admission refuse(
            SocketChannel channel, Admission decision, int retryAfterSeconds, int room, boolean mayWait) {
        return responder.refuse(channel, decision, retryAfterSeconds, room, mayWait);
    }

    /** Descriptors that the refusal pool holds now: handed in and not yet given back to the kernel. Any thread. */
    public int refusalsHeld() {
        return responder.size();
    }

    /** Who asks for the verdict. */
    public Checkers checkers() {
        return checkers;
    }

    /** Lets the refusal pool take connections though no thread runs: the caller drives {@link #cycle} himself. */
    void openRefusals() {
        responder.open();
    }

    /** Once round the loop, by a caller who has no thread of the guard's run it. */
    void cycle() throws IOException {
        loop.cycle();
    }

    /** How often the thread went round; a test sees by it that nothing spins. */
    long cycles() {
        return loop.cycles();
    }

    /**
     * Ends the thread, runs the tasks that it had, closes everything and waits for it, five seconds at most if a task
     * does not end. Never throws. From the I/O thread itself it returns at once and the end follows.
     */
    @Override
    public void close() {
        loop.end();
        boolean running;
        synchronized (lifecycle) {
            running = started;
        }
        if (!running) {
            release();
            return;
        }
        poller.wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("tcpguard-io has not ended yet: a task on it is still running. Its sockets are closed when the "
                    + "task ends");
        }
    }

    private void run() {
        loop.run();
        release();
    }

    private void release() {
        synchronized (lifecycle) {
            if (released) {
                return;
            }
            released = true;
        }
        responder.shut(clock.nanoTime());
        health.close();
        if (udp != null) {
            udp.close();
        }
        try {
            poller.flush();
        } catch (IOException | RuntimeException e) {
            LOG.debug("the selector's close does what the flush did not", e);
        }
        poller.close();
        responder.flushed();
    }
}
