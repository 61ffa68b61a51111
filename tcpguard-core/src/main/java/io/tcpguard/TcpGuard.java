package io.tcpguard;

import io.tcpguard.advisor.Listening;
import io.tcpguard.advisor.Report;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.Standstills;
import io.tcpguard.internal.admission.WaitingRoom;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.Background;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.io.Pages;
import io.tcpguard.internal.io.Places;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.linux.SocketCensus;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.report.Counsel;
import io.tcpguard.internal.report.LostSight;
import io.tcpguard.internal.report.SlowLook;
import io.tcpguard.internal.report.TransitionFanout;
import io.tcpguard.internal.report.TransitionLog;
import io.tcpguard.internal.runtime.GuardedSocket;
import io.tcpguard.internal.runtime.Rehearsal;
import io.tcpguard.internal.sampling.CanaryPace;
import io.tcpguard.internal.sampling.ControlledListener;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.OutgoingConnects;
import io.tcpguard.internal.sampling.SamplerThread;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.internal.sampling.WorkCanary;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.HealthPage;
import io.tcpguard.state.Level;
import io.tcpguard.state.Shed;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.io.Closeable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the process's own descriptors, accept queues and TIME_WAIT, refuses or replaces connections at the limit, and tells
 * the load balancer in time.
 *
 * <p>All methods are safe from any thread. None throws because the machine is in trouble.
 */
public final class TcpGuard implements AdmissionControl, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TcpGuard.class);
    private static final long CENSUS_BUDGET = TimeUnit.SECONDS.toNanos(1);

    private final GuardConfig config;
    private final Shed shed = new Shed();
    private final LongAdder waited = new LongAdder();
    private final CanaryPace canaries = new CanaryPace();
    private final OutgoingConnects outgoing = new OutgoingConnects();
    private final Object lifecycle = new Object();
    private final IoThread.View view = new IoThread.View() {
        @Override
        public GuardSnapshot snapshot() {
            return told();
        }

        @Override
        public boolean stale() {
            return drainReason == null && TcpGuard.this.stale();
        }

        @Override
        public boolean roomForStrangers() {
            Running r = running;
            return r == null || r.policy.roomForAnswers(0) > 0;
        }

        @Override
        public String advice(boolean json) {
            Running r = running;
            return r == null ? "" : r.counsel.advice(json);
        }

        @Override
        public String incident() {
            return TcpGuard.this.incident().orElse("Nothing has happened since the guard started.\n");
        }

        @Override
        public Places places() {
            return new Places(idleFloor().toNanos(), queueWait().toNanos(), waited());
        }

        @Override
        public Background background() {
            return requireRunning().slowLook.background(trend);
        }
    };
    private volatile GuardSnapshot current;
    private volatile long lastSample;
    private volatile Trend trend = Trend.CALM;
    private volatile @Nullable Running running;
    private boolean closed;
    private volatile @Nullable String drainReason;
    private final List<GuardListener> early = new ArrayList<>();
    private final Map<String, BoundPort> ports = new ConcurrentHashMap<>();

    /** One registration's; equal to no other's. */
    private static final class BoundPort {
        final int number;

        BoundPort(int number) {
            this.number = number;
        }
    }

    /** What exists only between start and close. */
    private record Running(
            LinuxProbes probes,
            AdmissionPolicy policy,
            Standstills standstills,
            SamplingCycle cycle,
            IoThread io,
            TransitionFanout fanout,
            TransitionLog log,
            Counsel counsel,
            SlowLook slowLook,
            SamplerThread sampler) {}

    private TcpGuard(GuardConfig config) {
        this.config = config;
        current = new Engine(config, System.nanoTime()).snapshot();
    }

    /** A guard with the defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Opens what the guard needs, takes the first sample and starts its two threads ("tcpguard-sampler", "tcpguard-io", both
     * daemons). Does nothing if already started.
     *
     * @return this
     * @throws IllegalStateException if the health port can't be bound, or the guard was closed
     */
    public TcpGuard start() {
        synchronized (lifecycle) {
            if (closed) {
                throw new IllegalStateException("this guard was closed; build another");
            }
            if (running == null) {
                Running r = open();
                running = r;
                try {
                    r.io.start();
                    r.sampler.start();
                } catch (RuntimeException | Error e) {
                    // No thread could be made.
                    close();
                    throw e;
                }
                r.policy.setOpenForDecisions(true);
                r.log.started(current, idleFloor().toNanos(), queueWait().toNanos(), r.io.healthPort());
                r.counsel.adviseAtStart();
            }
        }
        return this;
    }

    private Running open() {
        LinuxProbes probes = LinuxProbes.open();
        IoThread io = null;
        try {
            io = IoThread.open(config, view, probes.descriptorsThatMayBe());
            return assemble(probes, io);
        } catch (RuntimeException | Error e) {
            // A health port that is bound and never served would be "up" to a check that only connects.
            if (io != null) {
                io.close();
            }
            probes.close();
            throw e;
        }
    }

    private Running assemble(LinuxProbes probes, IoThread io) {
        long now = System.nanoTime();
        SocketCensus sockets = probes.census();
        SlowLook slowLook = new SlowLook(
                sockets::take,
                sockets::takeWithHalfOpen,
                probes::counts,
                outgoing::withoutPort,
                System::nanoTime,
                remark -> LOG.warn("tcpguard: {}", remark));
        AdmissionPolicy policy =
                new AdmissionPolicy(config, probes.descriptors()::used, () -> current, new CoarseClock(now), shed, now);
        Standstills standstills = new Standstills(config, shed);
        probes.reckonWith(policy::connections);
        probes.believeOfPorts(outgoing::withoutPort);
        Engine engine = new Engine(config, now);
        SamplingCycle cycle =
                new SamplingCycle(config, engine, policy, io.checkers()::observedIntervalNanos, io::deskSize);
        cycle.add(new GuardedProbe(probes.everySample(), new Watch(Signal.DESCRIPTORS, "", config), false));
        for (Probe probe : probes.everyCounterPeriod()) {
            cycle.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), true));
        }
        cycle.drain(drainReason);
        TransitionFanout fanout = new TransitionFanout(io::execute);
        Counsel counsel = new Counsel(shed, waited::sum, slowLook::remarks, probes::netstat);
        fanout.add(counsel::record);
        early.forEach(fanout::add);
        TransitionLog log = new TransitionLog();
        Rehearsal.play(config, probes::netstat);
        current = cycle.runOnce(now);
        lastSample = now;
        LostSight sight = new LostSight(current, TransitionLog::lost, TransitionLog::regained);
        // Asking first, the first look loads all that later ones need, while there are descriptors for it.
        slowLook.background(trend);
        slowLook.look(current);
        Runnable look = () -> slowLook.look(current);
        SamplerThread sampler = new SamplerThread(config.nanos(Setting.SAMPLE_PERIOD), time -> {
            sample(cycle, fanout, log, counsel, time);
            sight.look(current, time);
            standstills.sampled(current, time);
            if (slowLook.takeDue(time)) {
                io.execute(look);
            }
        });
        return new Running(probes, policy, standstills, cycle, io, fanout, log, counsel, slowLook, sampler);
    }

    private void sample(SamplingCycle cycle, TransitionFanout fanout, TransitionLog log, Counsel counsel, long now) {
        GuardSnapshot before = current;
        GuardSnapshot after = cycle.runOnce(now);
        current = after;
        trend = cycle.trend();
        lastSample = now;
        if (before.level() != after.level()
                || before.verdict().up() != after.verdict().up()) {
            fanout.publish(before, after);
            log.changed(before, after, now);
        }
        log.settle(after, now);
        if (counsel.listenersAreNews(after, now)) {
            counsel.adviseOn(listening(after));
        }
        counsel.tellWhatIsOver();
    }

    private boolean stale() {
        return staleAt(System.nanoTime());
    }

    private boolean staleAt(long now) {
        return now - lastSample > config.staleAfterNanos();
    }

    /** What health is told by. An operator's word stands, however late the sampler is that should hear of it. */
    private GuardSnapshot told() {
        GuardSnapshot newest = current;
        String reason = drainReason;
        if (reason == null || !newest.verdict().up() || running == null || !stale()) {
            return newest;
        }
        return new GuardSnapshot(
                Level.DRAIN,
                null,
                reason,
                newest.capacity(),
                new Verdict(false, 0, reason),
                newest.admission(),
                newest.resetsOnly(),
                newest.signals(),
                newest.levelSinceNanos());
    }

    /** The newest snapshot: one volatile read. Before {@link #start}: NORMAL, nothing known. */
    @Override
    public GuardSnapshot snapshot() {
        return current;
    }

    /**
     * Whether a new connection may come in, by the newest snapshot: one volatile read, no lock, no allocation. Admits while the
     * snapshot is stale (the sampler late by more than 10 periods), before start and after close.
     */
    public Admission admit() {
        Admission answer = current.admission();
        return answer == Admission.ADMIT || !deciding() ? Admission.ADMIT : answer;
    }

    /**
     * Whether a request on an admitted connection may be worked on: refused ({@link Admission#RESPOND}) only while work waits for so long
     * ({@link Setting#STALLED_AFTER}) that its client has gone. Peers in {@link Setting#ALLOW} always may. As cheap as {@link #admit()}.
     */
    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        GuardSnapshot snapshot = current;
        return snapshot.level() == Level.DRAIN
                        && snapshot.leading() == Signal.WORK_DELAY
                        && deciding()
                        && !(source != null && Network.anyContains(config.networks(Setting.ALLOW), source))
                ? Admission.RESPOND
                : Admission.ADMIT;
    }

    private boolean deciding() {
        return running != null && !stale();
    }

    /** Fails health on purpose until {@link #resume()}, whatever the signals say; connections are served on. */
    @Override
    public void drain(String reason) {
        operate(Objects.requireNonNull(reason, "reason"));
    }

    /** Ends what {@link #drain} began; health is up again at once, by the ramp, unless the signals say otherwise. */
    public void resume() {
        operate(null);
    }

    private void operate(@Nullable String reason) {
        synchronized (lifecycle) {
            drainReason = reason;
            Running r = running;
            if (r != null) {
                r.cycle.drain(reason);
            }
        }
    }

    /**
     * Puts a listening socket under guard. From now on health speaks about it too: down while {@code control} says that it does not
     * accept.
     *
     * @param name for people, such as {@code http-nio-8080}
     * @param port the local port; its accept queue is looked up by it. 0: it has none yet, or is no TCP socket
     * @throws IllegalStateException if the guard does not run
     */
    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        Running r = requireRunning();
        Watch queue = new Watch(Signal.ACCEPT_QUEUE, name, config);
        LongAdder accepts = new LongAdder();
        WaitingRoom room = new WaitingRoom(longestWait(), r.policy::queueWaitNanos, accepts::sum);
        GuardedProbe probe =
                new GuardedProbe(room.watch(r.probes.acceptQueue(port, control.backlog(), room::inUse)), queue, false);
        // A connector that starts again is registered anew before its former registration ends: each removes its own
        // only.
        BoundPort bound = new BoundPort(port);
        ports.put(name, bound);
        r.cycle.add(
                probe,
                new ListenerWatch(
                        name, new ControlledListener(name, control, accepts), queue, config, System.nanoTime()));
        r.standstills.add(control);
        return new GuardedSocket(r.policy, r.io, this::staleAt, control::canAnswer, accepts, room, waited, () -> {
            r.standstills.remove(control);
            ports.remove(name, bound);
            remove(probe);
        });
    }

    /** An acceptor that holds one in hand for longer would look dead. */
    private long longestWait() {
        return Math.min(config.nanos(Setting.QUEUE_WAIT), config.nanos(Setting.STALLED_AFTER) / 2);
    }

    /**
     * Watches how long work waits in an executor: a canary goes through it, never more than one at a time. It must not be discarded:
     * one that does not come back means that work is stuck.
     *
     * @return ends the watch; throws nothing
     * @throws IllegalStateException if the guard does not run
     */
    @Override
    public Closeable watchWork(String name, Executor executor) {
        Running r = requireRunning();
        GuardedProbe probe = new GuardedProbe(
                new WorkCanary(executor, config.nanos(Setting.MAX_WORK_DELAY), canaries, System::nanoTime),
                new Watch(Signal.WORK_DELAY, name, config),
                false);
        r.cycle.add(probe);
        return () -> remove(probe);
    }

    private void remove(GuardedProbe probe) {
        Running r = running;
        if (r != null) {
            r.cycle.remove(probe);
        }
    }

    private Running requireRunning() {
        Running r = running;
        if (r == null) {
            throw new IllegalStateException("this guard does not run: call start() first");
        }
        return r;
    }

    /** Tells this listener of every transition from now on. */
    public void onTransition(GuardListener listener) {
        Objects.requireNonNull(listener, "listener");
        synchronized (lifecycle) {
            early.add(listener);
            Running r = running;
            if (r != null) {
                r.fanout.add(listener);
            }
        }
    }

    /** What was refused and evicted since the start. */
    public Shed shed() {
        return shed;
    }

    /**
     * Tells the guard that an outgoing connect failed, such as one to a back end; call it with whatever was caught. Counted if it, or
     * a cause of it, says that the kernel had no local port left towards that destination (EADDRNOTAVAIL: {@link java.net.BindException},
     * or the C library's message in English); anything else is ignored. No counter of the kernel's shows these failures. One within the
     * last ten seconds makes {@link Signal#EPHEMERAL_PORTS} full. Never throws, allocates nothing; any thread, at any time.
     */
    public void connectFailed(Throwable why) {
        outgoing.failed(why);
    }

    /** Outgoing connects that found no local port, by {@link #connectFailed}, since the guard was built. */
    public long connectsWithoutPort() {
        return outgoing.withoutPort();
    }

    /** The idle floor in force: no connection idle for less is evicted. Zero if the guard does not run. */
    public Duration idleFloor() {
        Running r = running;
        return r == null ? Duration.ZERO : Duration.ofNanos(r.policy.idleFloorNanos());
    }

    /**
     * For how long a newcomer may wait for a place now: {@link Setting#QUEUE_WAIT}, half of {@link Setting#STALLED_AFTER} at most, less
     * where clients were found to give up earlier. Zero if the guard does not run.
     */
    public Duration queueWait() {
        Running r = running;
        return r == null ? Duration.ZERO : Duration.ofNanos(Math.min(longestWait(), r.policy.queueWaitNanos()));
    }

    /**
     * Connections that were made to wait for a place since the guard was built, whether they got one or not; each is counted when its turn
     * comes, so those still in an accept queue are not among them. How many are there now says {@link Signal#ACCEPT_QUEUE}.
     */
    public long waited() {
        return waited.sum();
    }

    /** Where the descriptors are going: one volatile read, twice a second new at most. Calm if the guard does not run. */
    public Trend trend() {
        return running == null ? Trend.CALM : trend;
    }

    /**
     * Counts this process's TCP sockets by state, those that are half open on its listeners too, now and on the calling thread: for a
     * person who asks, not for a loop. Takes a microsecond for each descriptor and as much for each socket of the network namespace,
     * a second at most; opens files. Throws nothing: trouble is in the answer.
     */
    public Census census() {
        Running r = running;
        return r == null
                ? Census.failed("the guard does not run")
                : r.probes.census().takeWithHalfOpen(CENSUS_BUDGET);
    }

    /** Age of the newest sample; many periods long if the sampler is late. Zero if the guard does not run. */
    public Duration sampleAge() {
        return running == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - lastSample));
    }

    /**
     * What the advisor says of the kernel settings and limits here, with the listeners' backlogs in force. Reads some 150 small files
     * anew at each call: for a person who asks, not for a loop.
     */
    public Report advice() {
        return Counsel.adviseNow(listening(current));
    }

    private List<Listening> listening(GuardSnapshot snapshot) {
        List<Listening> listeners = new ArrayList<>();
        for (SignalState state : snapshot.signals()) {
            BoundPort port = ports.get(state.source());
            if (port != null
                    && state.reading() instanceof Reading.Measured queue
                    && queue.signal() == Signal.ACCEPT_QUEUE) {
                listeners.add(Listening.inForce(state.source(), port.number, queue.limit()));
            }
        }
        return listeners;
    }

    /** What happened, in plain words: the episode that goes on, else the last one. Empty if there was none, or the guard does not run. */
    public Optional<String> incident() {
        Running r = running;
        return r == null ? Optional.empty() : r.counsel.incident();
    }

    /** The port that the health listener is bound to; -1 if there is none or the guard does not run. */
    public int healthPort() {
        Running r = running;
        return r == null ? -1 : r.io.healthPort();
    }

    /**
     * The verdict as the health listener tells it, for servers that answer health checks in a pipeline of their own. Up while the
     * guard does not run: it fails open. Checks answered so are not seen by the guard, so give it {@link Setting#CHECK_INTERVAL}.
     *
     * @param asker who sees the reason with its figures if within {@link Setting#HEALTH_DETAILS_TO}; null: nobody known
     * @param json whether as JSON, not as text
     */
    public HealthPage healthPage(@Nullable InetAddress asker, boolean json) {
        boolean details = asker != null && Network.anyContains(config.networks(Setting.HEALTH_DETAILS_TO), asker);
        return Pages.verdict(told(), drainReason == null && stale(), json, details);
    }

    /** The settings in force. */
    public GuardConfig config() {
        return config;
    }

    /** Ends both threads, closes all that was opened, and admits everything from now on. Waits for the threads; never throws. */
    @Override
    public void close() {
        synchronized (lifecycle) {
            closed = true;
            Running r = running;
            running = null;
            if (r != null) {
                r.policy.setOpenForDecisions(false);
                r.sampler.close();
                r.io.close();
                r.cycle.close();
                r.probes.close();
            }
        }
    }

    /** Collects settings; each is checked at once. */
    public static final class Builder {
        private final Map<Setting, Object> given = new EnumMap<>(Setting.class);

        private Builder() {}

        /** Serves the verdict on this port; 0: any free one. Default: no health listener. */
        public Builder healthPort(int port) {
            return set(Setting.HEALTH_PORT, port);
        }

        /** Networks that may see reasons and readings on the health port. Default: loopback. */
        public Builder healthDetailsTo(String networks) {
            return set(Setting.HEALTH_DETAILS_TO, Network.list(networks));
        }

        /** Networks whose connections are never refused. Default: none. */
        public Builder allow(String networks) {
            return set(Setting.ALLOW, Network.list(networks));
        }

        /** No connection idle for less is evicted. Default: learned, 10 s until then. */
        public Builder idleFloor(Duration floor) {
            return set(Setting.IDLE_FLOOR, floor);
        }

        /** Whether a newcomer may take the place of a long-idle connection. Default: true. */
        public Builder reclaim(boolean reclaim) {
            return set(Setting.RECLAIM, reclaim);
        }

        /** Clients come through a layer-7 proxy: refuse by 503 only, no fairness by address. Default: false. */
        public Builder behindProxy(boolean proxy) {
            return set(Setting.BEHIND_PROXY, proxy);
        }

        /**
         * Any setting by its value.
         *
         * @throws IllegalArgumentException naming setting, value and what is allowed
         */
        public Builder set(Setting setting, Object value) {
            given.put(setting, setting.check(value));
            return this;
        }

        /**
         * Any setting by name and text, as in {@code server.xml} or a property file.
         *
         * @throws IllegalArgumentException naming setting, value and what is allowed
         */
        public Builder set(String name, String value) {
            Setting setting = Setting.named(name);
            given.put(setting, setting.parse(value));
            return this;
        }

        /** A guard with these settings, not yet started. */
        public TcpGuard build() {
            return new TcpGuard(new GuardConfig(given));
        }
    }
}
