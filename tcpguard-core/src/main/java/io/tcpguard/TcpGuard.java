/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.advisor.Report;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.report.AdvisorReports;
import io.tcpguard.internal.runtime.GuardCounters;
import io.tcpguard.internal.runtime.PublishedSnapshot;
import io.tcpguard.internal.runtime.RuntimeLifecycle;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.HealthPage;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.io.Closeable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Watches the process's own descriptors, accept queues and TIME_WAIT, evicts and refuses connections near the limit,
 * and tells the load balancer in time.
 *
 * <p>All methods are safe from any thread. None throws because the machine is in trouble.
 */
public final class TcpGuard implements AdmissionControl, AutoCloseable {
    private final GuardConfig config;
    private final GuardCounters counters = new GuardCounters();
    private final PublishedSnapshot published;
    private final RuntimeLifecycle life;

    TcpGuard(GuardConfig config) {
        this.config = config;
        published = new PublishedSnapshot(config, AwakeTime.nanoTime());
        life = new RuntimeLifecycle(config, published, counters);
    }

    /** A guard with the defaults, to be changed. */
    public static GuardBuilder builder() {
        return new GuardBuilder();
    }

    /**
     * Opens what the guard needs, takes the first sample and starts its threads ("tcpguard-sampler", "tcpguard-io",
     * "tcpguard-listeners", and "tcpguard-log" for all guards; all daemons). Does nothing if already started, and opens
     * nothing if not {@linkplain Setting#ENABLED enabled}.
     *
     * @return this
     * @throws IllegalStateException if the health port can't be bound, or the guard was closed
     */
    public TcpGuard start() {
        life.start();
        return this;
    }

    /** The newest snapshot: one volatile read. Before {@link #start}: NORMAL, nothing known. */
    @Override
    public GuardSnapshot snapshot() {
        return published.snapshot();
    }

    /**
     * Whether a new connection may come in, by the newest snapshot: one volatile read, no lock, no allocation. Admits
     * while the snapshot is stale (the sampler late by more than 10 periods), before start and after close.
     */
    public Admission admit() {
        Admission answer = snapshot().admission();
        return answer == Admission.ADMIT || published.staleAt(AwakeTime.nanoTime()) ? Admission.ADMIT : answer;
    }

    /**
     * Whether a request on an admitted connection may be worked on: refused ({@link Admission#RESPOND}) only while
     * work waits for so long ({@link Setting#STALLED_AFTER}) that its client has gone, in all executors that are
     * watched; {@link GuardedListener#admitRequest} speaks of one listener's. Peers in {@link Setting#ALLOW} always
     * may. As cheap as {@link #admit()}.
     */
    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        return snapshot().requestsStalled()
                        && !published.staleAt(AwakeTime.nanoTime())
                        && !config.contains(Setting.ALLOW, source)
                ? Admission.RESPOND
                : Admission.ADMIT;
    }

    /**
     * Fails health on purpose until {@link #resume()}, whatever the signals say; connections are served on.
     *
     * @param reason for people; shown as one line of 200 characters at most
     */
    @Override
    public void drain(String reason) {
        life.operate(Objects.requireNonNull(reason, "reason"));
    }

    /** Ends what {@link #drain} began; health is up again at once, by the ramp, unless the signals say otherwise. */
    public void resume() {
        life.operate(null);
    }

    /**
     * Plays trouble, for a game day or a test of one's own load balancer: for a while the guard behaves as if this
     * signal were under this pressure. What follows is real: at {@link Level#SHED} idle connections are evicted and new
     * ones wait or are refused, at {@link Level#DRAIN} health fails. Everywhere it is said that it is a rehearsal: in
     * the {@linkplain GuardSnapshot#rehearsal() snapshot}, on the health port, in the log, in the incident. It does not
     * count as flapping.
     *
     * <p>Ends by itself when its time is up, on {@link #endRehearsal()}, {@link #drain}, {@link #stop()} and {@link
     * #close()}, and as soon as there is real trouble: the signal itself reaches {@link Setting#ELEVATED_AT}, another
     * one SHED, or a listener does not accept. Levels and health come back as after real trouble, by their dwell, hold
     * and ramp. The health port cannot begin one.
     *
     * @param signal one that can be read here; DESCRIPTORS and CONNECTIONS move on with the clients that come and go,
     *     others stay
     * @param pressure used by limit; above 0, to 1 for DESCRIPTORS and CONNECTIONS, to 10 for others
     * @param duration a second to an hour
     * @throws IllegalArgumentException if pressure or duration is out of range
     * @throws IllegalStateException if the guard does not run, there is real trouble, another rehearsal is on, or the
     *     signal can't be read
     */
    public void rehearse(Signal signal, double pressure, Duration duration) {
        Objects.requireNonNull(signal, "signal");
        life.rehearse(signal, pressure, duration);
    }

    /** Ends a rehearsal before its time; nothing if none is on. */
    public void endRehearsal() {
        life.endRehearsal();
    }

    /**
     * Forgets what is remembered of a source and of the networks around it, good and bad: as if it had never been here.
     * For an operator whose client was marked by mistake; marks fade by themselves within the hour. The health port
     * cannot do it.
     *
     * @param address IPv4 or IPv6, in figures; of IPv6 it stands for its /64
     * @return whether anything was remembered
     * @throws IllegalArgumentException if it is no address
     */
    public boolean forgetSource(String address) {
        return life.forgetSource(address);
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        return life.listen(name, port, control);
    }

    @Override
    public Closeable watchWork(String name, Executor executor) {
        return life.watchWork(name, executor);
    }

    /** Tells this listener of every transition from now on. */
    public void onTransition(GuardListener listener) {
        life.add(Objects.requireNonNull(listener, "listener"));
    }

    /** What was refused and evicted since the start. */
    public RefusalCounters shed() {
        return counters.shed();
    }

    /**
     * Tells the guard that an outgoing connect failed, such as one to a back end; call it with whatever was caught.
     * Counted if it, or a cause of it, says that the kernel had no local port left towards that destination
     * (EADDRNOTAVAIL: {@link java.net.BindException}, or the C library's message in English); anything else is
     * ignored. No counter of the kernel's shows these failures. One within the last ten seconds makes {@link
     * Signal#EPHEMERAL_PORTS} full. Never throws, allocates nothing; any thread, at any time.
     */
    public void connectFailed(Throwable why) {
        counters.connectFailed(why);
    }

    /** How the guard is doing, beside its signals. Cheap enough for each scrape, not for each request. */
    public GuardStatus status() {
        return life.status();
    }

    /**
     * Counts this process's TCP sockets by state, those that are half open on its listeners too, now and on the
     * calling thread: for a person who asks, not for a loop. Takes a microsecond for each descriptor and as much for
     * each socket of the network namespace, a second at most; opens files. Throws nothing: trouble is in the answer.
     */
    public Census census() {
        return life.state().census();
    }

    /**
     * What the advisor says of the kernel settings and limits here, with the listeners' backlogs in force. Reads some
     * 150 small files anew at each call: for a person who asks, not for a loop.
     */
    public Report advice() {
        return AdvisorReports.adviseNow(life.state().listening());
    }

    /**
     * What happened, in plain words: the episode that goes on, else the last one. Empty if there was none, or the
     * guard does not run.
     */
    public Optional<String> incident() {
        return life.state().incident();
    }

    /** The port that the health listener is bound to; -1 if there is none or the guard does not run. */
    public int healthPort() {
        return life.state().healthPort();
    }

    /**
     * The verdict as the health listener tells it, for servers that answer health checks in a pipeline of their own. Up
     * while the guard does not run: it fails open. Checks answered so are not seen by the guard, so give it {@link
     * Setting#CHECK_INTERVAL}.
     *
     * @param asker who sees the reason with its figures if within {@link Setting#HEALTH_DETAILS_TO}; null: nobody known
     * @param json whether as JSON, not as text
     */
    public HealthPage healthPage(@Nullable InetAddress asker, boolean json) {
        return published.page(config.contains(Setting.HEALTH_DETAILS_TO, asker), json, AwakeTime.nanoTime());
    }

    /** The settings in force. */
    public GuardConfig config() {
        return config;
    }

    /**
     * Closes all that was opened, and waits for it. Servers run on, and everybody is admitted. {@link #start} begins
     * anew: no drain, nothing learned. It takes over the listeners and executors that were registered and not closed:
     * those that accept at once, others with their next connection. Connections open by then count as clients' and are
     * not evicted. Never throws.
     */
    public void stop() {
        life.stop();
    }

    /** As {@link #stop}, for good: admits everything from now on. Waits for the threads; never throws. */
    @Override
    public void close() {
        life.close();
    }
}
